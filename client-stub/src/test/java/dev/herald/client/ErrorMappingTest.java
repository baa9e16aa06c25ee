package dev.herald.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.assertj.core.api.Assertions.tuple;

import com.google.protobuf.Duration;
import com.google.rpc.BadRequest;
import com.google.rpc.PreconditionFailure;
import com.google.rpc.RetryInfo;
import dev.herald.v1.DecodeTokenRequest;
import dev.herald.v1.DecodeTokenResponse;
import dev.herald.v1.ErrorReason;
import dev.herald.v1.TokenServiceGrpc.TokenServiceImplBase;
import io.grpc.Metadata;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.stub.StreamObserver;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import org.junit.jupiter.api.Test;

class ErrorMappingTest {
    @Test
    void decode_refusedWithReason_carriesCodeReasonAndMetadata() throws IOException {
        ServiceCallException refusal =
                refusal(FakeHerald.error(Status.Code.NOT_FOUND, "SESSION_NOT_FOUND", "no session has the id 42"));

        assertThat(refusal.code()).isEqualTo(Status.Code.NOT_FOUND);
        assertThat(refusal.reason()).isEqualTo(ErrorReason.ERROR_REASON_SESSION_NOT_FOUND);
        assertThat(refusal.metadata()).containsEntry("session_id", "42");
        assertThat(refusal).hasMessage("NOT_FOUND, SESSION_NOT_FOUND: no session has the id 42");
        assertThat(refusal.description()).isEqualTo("no session has the id 42");
        assertThat(refusal.fieldViolations()).isEmpty();
        assertThat(refusal.retryAfter()).isEmpty();
    }

    @Test
    void decode_badRequest_carriesEveryField() throws IOException {
        BadRequest details = BadRequest.newBuilder()
                .addFieldViolations(violation("session_id", "MUST_BE_POSITIVE", "must be greater than 0"))
                .addFieldViolations(violation("token", "TOO_LONG", "must have at most 4096 bytes"))
                .build();

        ServiceCallException refusal =
                refusal(FakeHerald.error(Status.Code.INVALID_ARGUMENT, "INVALID_FIELD", "two fields", details));

        assertThat(refusal.fieldViolations())
                .extracting(FieldViolation::field, FieldViolation::reason, FieldViolation::toString)
                .containsExactly(
                        tuple("session_id", "MUST_BE_POSITIVE", "session_id: must be greater than 0"),
                        tuple("token", "TOO_LONG", "token: must have at most 4096 bytes"));
    }

    @Test
    void decode_preconditionFailure_carriesEveryViolation() throws IOException {
        PreconditionFailure details = PreconditionFailure.newBuilder()
                .addViolations(PreconditionFailure.Violation.newBuilder()
                        .setType("REFERENCE_NOT_FOUND")
                        .setSubject("students[3].user_id")
                        .setDescription("no user has the id 7"))
                .build();

        ServiceCallException refusal =
                refusal(FakeHerald.error(Status.Code.FAILED_PRECONDITION, "REFERENCE_NOT_FOUND", "one item", details));

        assertThat(refusal.preconditionViolations())
                .singleElement()
                .hasToString("students[3].user_id: no user has the id 7")
                .extracting(PreconditionViolation::type)
                .isEqualTo("REFERENCE_NOT_FOUND");
    }

    @Test
    void decode_rateLimited_carriesTheDelay() throws IOException {
        RetryInfo details = RetryInfo.newBuilder()
                .setRetryDelay(Duration.newBuilder().setSeconds(2).setNanos(500_000_000))
                .build();

        ServiceCallException refusal =
                refusal(FakeHerald.error(Status.Code.RESOURCE_EXHAUSTED, "RATE_LIMITED", "too many calls", details));

        assertThat(refusal.retryAfter()).contains(java.time.Duration.ofMillis(2500));
    }

    @Test
    void decode_reasonOfALaterVersion_isUnspecifiedAndNamedInTheMessage() throws IOException {
        ServiceCallException refusal = refusal(FakeHerald.error(Status.Code.ABORTED, "OF_TOMORROW", "unheard of"));

        assertThat(refusal.reason()).isEqualTo(ErrorReason.ERROR_REASON_UNSPECIFIED);
        assertThat(refusal).hasMessage("ABORTED, OF_TOMORROW: unheard of");
    }

    @Test
    void decode_statusWithoutOrWithGarbledDetails_isReadLeniently() throws IOException {
        Metadata garbled = new Metadata();
        garbled.put(Metadata.Key.of("grpc-status-details-bin", Metadata.BINARY_BYTE_MARSHALLER), new byte[] {1, 2, 3});

        for (StatusRuntimeException status : new StatusRuntimeException[] {
            Status.UNIMPLEMENTED.asRuntimeException(), Status.UNIMPLEMENTED.asRuntimeException(garbled)
        }) {
            ServiceCallException refusal = refusal(status);
            assertThat(refusal.code()).isEqualTo(Status.Code.UNIMPLEMENTED);
            assertThat(refusal.reason()).isEqualTo(ErrorReason.ERROR_REASON_UNSPECIFIED);
            assertThat(refusal.metadata()).isEmpty();
        }
    }

    @Test
    void decode_nobodyListens_isUnavailableAndSaysWhere() throws IOException {
        int port = freePort();
        try (HeraldClient client =
                HeraldClient.builder("127.0.0.1:" + port).plaintext().build()) {
            ServiceCallException failure = failure(client);

            assertThat(failure.code()).isEqualTo(Status.Code.UNAVAILABLE);
            assertThat(failure).hasMessageContaining("Connection refused").hasMessageContaining("127.0.0.1:" + port);
        }
    }

    private static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        }
    }

    private static ServiceCallException refusal(StatusRuntimeException status) throws IOException {
        var service = new TokenServiceImplBase() {
            @Override
            public void decodeToken(DecodeTokenRequest request, StreamObserver<DecodeTokenResponse> answer) {
                answer.onError(status);
            }
        };
        try (FakeHerald herald = FakeHerald.running(service);
                HeraldClient client = herald.client().build()) {
            return failure(client);
        }
    }

    private static ServiceCallException failure(HeraldClient client) {
        ServiceCallException failure = catchThrowableOfType(
                ServiceCallException.class, () -> client.tokens().decode("secret-token"));
        assertThat(failure.toString()).doesNotContain("secret-token");
        return failure;
    }

    private static BadRequest.FieldViolation violation(String field, String reason, String description) {
        return BadRequest.FieldViolation.newBuilder()
                .setField(field)
                .setReason(reason)
                .setDescription(description)
                .build();
    }
}
