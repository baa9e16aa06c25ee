package dev.herald.server.system;

import static dev.herald.server.testing.HeraldFixture.SESSION_ID;
import static dev.herald.server.testing.HeraldFixture.timestamp;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.awaitility.Awaitility.await;

import dev.herald.server.caller.Role;
import dev.herald.server.testing.HeraldFixture;
import dev.herald.v1.PauseDeliveryRequest;
import dev.herald.v1.ResumeDeliveryRequest;
import dev.herald.v1.SystemServiceGrpc.SystemServiceBlockingStub;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PauseTest {
    private static final String KIND = "attendance_session";

    private HeraldFixture herald;

    @BeforeEach
    void start() {
        herald = HeraldFixture.start(Map.of("DELIVERY", "off"));
    }

    @AfterEach
    void stop() {
        herald.close();
    }

    @ParameterizedTest(name = "scope \"{0}\"")
    @ValueSource(strings = {"", KIND})
    void pauseDelivery_aScope_holdsOnEveryProcessUntilItIsResumed(String scope) {
        assertThat(pause(scope, Duration.ofHours(1))).isEqualTo(scope);
        try (HeraldFixture delivering = herald.another(Map.of())) {
            queue();
            awaitLooks();
            assertThat(herald.relay().mails()).isEmpty();
            assertThat(resume(scope)).isTrue();
            assertThat(delivering.awaitDelivery(SESSION_ID).getSent()).isEqualTo(3);
            assertThat(resume(scope)).as("resumed again").isFalse();
        }
    }

    @Test
    void pauseDelivery_anotherScopeResumed_staysPaused() {
        pause("", Duration.ofHours(1));
        resume(KIND);
        try (HeraldFixture delivering = herald.another(Map.of())) {
            queue();
            awaitLooks();
            assertThat(delivering.relay().mails()).isEmpty();
        }
    }

    @Test
    void pauseDelivery_itsEndComes_mailLeavesByItself() {
        pause("", Duration.ofHours(1));
        try (HeraldFixture delivering = herald.another(Map.of())) {
            queue();
            pause("", Duration.ofSeconds(2));
            assertThat(delivering.relay().mails()).isEmpty();
            assertThat(delivering.awaitDelivery(SESSION_ID).getSent()).isEqualTo(3);
        }
    }

    @Test
    void pauseDelivery_badFields_areNamed() {
        for (Duration ahead :
                new Duration[] {Duration.ofSeconds(-1), Duration.ofDays(7).plusSeconds(5)}) {
            StatusRuntimeException refusal =
                    catchThrowableOfType(StatusRuntimeException.class, () -> pause("newsletter", ahead));
            assertThat(refusal.getStatus().getCode()).isEqualTo(Status.Code.INVALID_ARGUMENT);
            assertThat(refusal.getStatus().getDescription()).contains("until: ", "scope: ", KIND);
        }
        StatusRuntimeException refusal = catchThrowableOfType(
                StatusRuntimeException.class,
                () -> stub(Role.ADMIN).pauseDelivery(PauseDeliveryRequest.getDefaultInstance()));
        assertThat(refusal.getStatus().getDescription()).contains("until");
        assertThat(herald.number("SELECT count(*) FROM delivery_pauses")).isZero();
    }

    @Test
    void pauseDelivery_noAdmin_isDenied() {
        StatusRuntimeException refusal = catchThrowableOfType(
                StatusRuntimeException.class,
                () -> stub(Role.SESSION).resumeDelivery(ResumeDeliveryRequest.getDefaultInstance()));
        assertThat(refusal.getStatus().getCode()).isEqualTo(Status.Code.PERMISSION_DENIED);
    }

    private void queue() {
        herald.loadCampus(3);
        herald.admin().notifications().generateForSession(SESSION_ID);
    }

    /** The outbox is looked at about once a second whatever happens. */
    private void awaitLooks() {
        long before = looks();
        await().until(() -> looks() > before + 5);
    }

    private long looks() {
        return herald.number("SELECT coalesce(sum(idx_scan), 0) + coalesce(sum(seq_scan), 0) FROM pg_stat_user_tables"
                + " WHERE relname = 'delivery_pauses'");
    }

    private String pause(String scope, Duration ahead) {
        Instant until = herald.clock().instant().plus(ahead);
        return stub(Role.ADMIN)
                .pauseDelivery(PauseDeliveryRequest.newBuilder()
                        .setScope(scope)
                        .setUntil(timestamp(until))
                        .build())
                .getScope();
    }

    private boolean resume(String scope) {
        return stub(Role.ADMIN)
                .resumeDelivery(
                        ResumeDeliveryRequest.newBuilder().setScope(scope).build())
                .getResumed();
    }

    private SystemServiceBlockingStub stub(Role role) {
        return herald.system(role);
    }
}
