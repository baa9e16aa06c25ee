package dev.herald.server.badinput;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.rpc.BadRequest.FieldViolation;
import dev.herald.server.testing.RawCall.Answer;
import io.grpc.Status;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What must come back.
 *
 * @param code the status
 * @param reason of the ErrorInfo; empty where grpc-java refuses before any code of ours, or with OK; null where either may
 * @param field the field that must be named; null when none need be
 * @param fieldReason the field's reason; empty when any will do
 * @param more what else must hold
 */
record Expected(
        Status.Code code, @Nullable String reason, @Nullable String field, String fieldReason, Check more) {
    /** Our own affairs, which no caller is to read. */
    private static final List<String> INTERNALS =
            List.of("Exception", "dev.herald.server", "java.", "SELECT ", "INSERT ", "PSQL", "ERROR: ", "/src/");

    /** Looks at the answer or at what it left behind. */
    interface Check {
        void check(Scene scene, Answer answer) throws Exception;
    }

    static Expected ok() {
        return refused(Status.Code.OK, "");
    }

    /** Whichever of client and server notices first. */
    static Expected late() {
        return new Expected(Status.Code.DEADLINE_EXCEEDED, null, null, "", (scene, answer) -> {});
    }

    static Expected refused(Status.Code code, String reason) {
        return new Expected(code, reason, null, "", (scene, answer) -> {});
    }

    /** A field that breaks a rule. An empty field's name means the request as a whole, an empty reason any. */
    static Expected invalid(String field, String reason) {
        return new Expected(Status.Code.INVALID_ARGUMENT, "INVALID_FIELD", field, reason, (scene, answer) -> {});
    }

    Expected and(Check check) {
        return new Expected(code, reason, field, fieldReason, check);
    }

    void check(Scene scene, Answer answer) throws Exception {
        assertThat(answer.code()).as("%s", answer.status()).isEqualTo(code);
        if (reason != null) {
            assertThat(answer.reason()).isEqualTo(reason);
        }
        if (!answer.reason().isEmpty()) {
            assertThat(answer.errorInfo().orElseThrow().getDomain()).isEqualTo("herald.dev");
        }
        String said = String.valueOf(answer.status().getDescription());
        assertThat(INTERNALS).noneMatch(said::contains);
        if (field != null) {
            assertThat(answer.badRequest().orElseThrow().getFieldViolationsList())
                    .anySatisfy(this::assertTheField);
        }
        more.check(scene, answer);
    }

    private void assertTheField(FieldViolation violation) {
        assertThat(violation.getField()).isEqualTo(field);
        assertThat(violation.getReason()).isNotEmpty();
        if (!fieldReason.isEmpty()) {
            assertThat(violation.getReason()).isEqualTo(fieldReason);
        }
    }
}
