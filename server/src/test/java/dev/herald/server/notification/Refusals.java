package dev.herald.server.notification;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.herald.client.FieldViolation;
import dev.herald.client.ServiceCallException;
import dev.herald.v1.ErrorReason;
import java.util.concurrent.Callable;

/** How a test says that a call is refused. */
final class Refusals {
    private Refusals() {}

    static void assertRefused(Callable<?> call, ErrorReason reason) {
        assertThatThrownBy(call::call)
                .isInstanceOfSatisfying(
                        ServiceCallException.class, e -> assertThat(e.reason()).isEqualTo(reason));
    }

    /** Refused because of this field; an empty name means the request as a whole. */
    static void assertInvalid(Callable<?> call, String field) {
        assertThatThrownBy(call::call).isInstanceOfSatisfying(ServiceCallException.class, e -> {
            assertThat(e.reason()).isEqualTo(ErrorReason.ERROR_REASON_INVALID_FIELD);
            assertThat(e.fieldViolations()).extracting(FieldViolation::field).containsExactly(field);
        });
    }
}
