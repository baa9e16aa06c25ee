package dev.herald.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.Message;
import dev.herald.v1.AuditEntry;
import dev.herald.v1.CheckConfigurationRequest;
import dev.herald.v1.CheckConfigurationResponse;
import dev.herald.v1.CheckOutcome;
import dev.herald.v1.ConfigurationCheck;
import dev.herald.v1.ErrorReason;
import dev.herald.v1.GetSystemStatusRequest;
import dev.herald.v1.GetSystemStatusResponse;
import dev.herald.v1.ListAuditEntriesRequest;
import dev.herald.v1.ListAuditEntriesResponse;
import dev.herald.v1.PauseDeliveryRequest;
import dev.herald.v1.PauseDeliveryResponse;
import dev.herald.v1.ResumeDeliveryRequest;
import dev.herald.v1.ResumeDeliveryResponse;
import dev.herald.v1.SendTestEmailRequest;
import dev.herald.v1.SendTestEmailResponse;
import dev.herald.v1.SystemServiceGrpc.SystemServiceImplBase;
import io.grpc.Status;
import io.grpc.stub.StreamObserver;
import java.io.IOException;
import java.time.Instant;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(30)
class SystemClientTest {
    private final Queue<Message> asked = new ConcurrentLinkedQueue<>();
    private FakeHerald herald;
    private HeraldClient client;
    private SystemClient system;

    @BeforeEach
    void start() throws IOException {
        herald = FakeHerald.running(new Service());
        client = herald.client().build();
        system = client.system();
    }

    @AfterEach
    void stop() {
        client.close();
        herald.close();
    }

    @Test
    void status_ofAServer_isItsAnswer() {
        assertThat(system.status().getVersion()).isEqualTo("0.1.0");
    }

    @Test
    void checkConfiguration_somethingWrong_isAnAnswer() {
        assertThat(system.checkConfiguration().getChecksList())
                .extracting(ConfigurationCheck::getOutcome)
                .containsExactly(CheckOutcome.CHECK_OUTCOME_FAILED);
    }

    @Test
    void sendTestEmail_allowedAddress_answersWhatTheRelaySaid() {
        assertThat(system.sendTestEmail("ops@campus.example").getSmtpCode()).isEqualTo(250);
    }

    @Test
    void sendTestEmail_addressNotAllowed_throwsTheReason() {
        assertThatThrownBy(() -> system.sendTestEmail("somebody@elsewhere.example"))
                .isInstanceOfSatisfying(
                        ServiceCallException.class,
                        failure -> assertThat(failure.reason())
                                .isEqualTo(ErrorReason.ERROR_REASON_TEST_EMAIL_NOT_ALLOWED));
    }

    @Test
    void auditEntries_severalPages_fetchesThemOnlyWhenReachedAndKeepsTheFilter() {
        ListAuditEntriesRequest request =
                ListAuditEntriesRequest.newBuilder().setActor("asha").build();

        assertThat(system.auditEntries(request).limit(2))
                .extracting(AuditEntry::getAuditId)
                .containsExactly(6L, 5L);
        assertThat(asked).containsExactly(request);

        assertThat(system.auditEntries(request))
                .extracting(AuditEntry::getAuditId)
                .containsExactly(6L, 5L, 4L, 3L, 2L, 1L);
        assertThat(asked)
                .endsWith(
                        request,
                        request.toBuilder().setPageToken("4").build(),
                        request.toBuilder().setPageToken("2").build());
    }

    @Test
    void pauseDelivery_scopeAndMoment_areSentToTheNanosecond() {
        Instant until = Instant.parse("2026-11-22T10:00:00.000000001Z");

        PauseDeliveryResponse pause = system.pauseDelivery("attendance_session", until);

        assertThat(pause.getScope()).isEqualTo("attendance_session");
        assertThat(Instant.ofEpochSecond(
                        pause.getUntil().getSeconds(), pause.getUntil().getNanos()))
                .isEqualTo(until);
    }

    @Test
    void resumeDelivery_everything_sendsTheEmptyScope() {
        assertThat(system.resumeDelivery("").getResumed()).isTrue();
        assertThat(system.resumeDelivery("attendance_session").getResumed()).isFalse();
    }

    /** Two pages behind the first, two entries each; one address that may be written to; a pause of everything. */
    private final class Service extends SystemServiceImplBase {
        @Override
        public void getSystemStatus(GetSystemStatusRequest request, StreamObserver<GetSystemStatusResponse> answer) {
            answer(
                    answer,
                    GetSystemStatusResponse.newBuilder().setVersion("0.1.0").build());
        }

        @Override
        public void checkConfiguration(
                CheckConfigurationRequest request, StreamObserver<CheckConfigurationResponse> answer) {
            answer(
                    answer,
                    CheckConfigurationResponse.newBuilder()
                            .addChecks(ConfigurationCheck.newBuilder().setOutcome(CheckOutcome.CHECK_OUTCOME_FAILED))
                            .build());
        }

        @Override
        public void sendTestEmail(SendTestEmailRequest request, StreamObserver<SendTestEmailResponse> answer) {
            if (request.getTo().equals("ops@campus.example")) {
                answer(
                        answer,
                        SendTestEmailResponse.newBuilder().setSmtpCode(250).build());
            } else {
                answer.onError(FakeHerald.error(
                        Status.Code.FAILED_PRECONDITION, "TEST_EMAIL_NOT_ALLOWED", "not an address for tests"));
            }
        }

        @Override
        public void listAuditEntries(ListAuditEntriesRequest request, StreamObserver<ListAuditEntriesResponse> answer) {
            asked.add(request);
            long first = request.getPageToken().isEmpty() ? 6 : Long.parseLong(request.getPageToken());
            answer(
                    answer,
                    ListAuditEntriesResponse.newBuilder()
                            .addEntries(AuditEntry.newBuilder().setAuditId(first))
                            .addEntries(AuditEntry.newBuilder().setAuditId(first - 1))
                            .setNextPageToken(first > 2 ? String.valueOf(first - 2) : "")
                            .build());
        }

        @Override
        public void pauseDelivery(PauseDeliveryRequest request, StreamObserver<PauseDeliveryResponse> answer) {
            answer(
                    answer,
                    PauseDeliveryResponse.newBuilder()
                            .setScope(request.getScope())
                            .setUntil(request.getUntil())
                            .build());
        }

        @Override
        public void resumeDelivery(ResumeDeliveryRequest request, StreamObserver<ResumeDeliveryResponse> answer) {
            answer(
                    answer,
                    ResumeDeliveryResponse.newBuilder()
                            .setResumed(request.getScope().isEmpty())
                            .build());
        }

        private <T> void answer(StreamObserver<T> observer, T answer) {
            observer.onNext(answer);
            observer.onCompleted();
        }
    }
}
