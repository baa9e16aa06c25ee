package dev.herald.server.notification;

import static dev.herald.server.notification.GenerateForSessionTest.assertRefused;
import static dev.herald.server.notification.GenerateForSessionTest.atOnce;
import static dev.herald.server.testing.HeraldFixture.SESSION_ID;
import static org.assertj.core.api.Assertions.assertThat;

import dev.herald.client.HeraldClient;
import dev.herald.server.testing.HeraldFixture;
import dev.herald.v1.ErrorReason;
import dev.herald.v1.GenerateForSessionRequest;
import dev.herald.v1.GenerateForSessionResponse;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Calls that name themselves, so that they can be repeated. */
class GenerateRequestIdTest {
    private HeraldFixture herald;
    private HeraldClient client;

    @BeforeEach
    void start() {
        herald = HeraldFixture.start(Map.of("DELIVERY", "off"));
        client = herald.admin();
    }

    @AfterEach
    void stop() {
        herald.close();
    }

    @Test
    void generate_sameRequestId_getsTheFirstAnswerAgain() {
        herald.loadCampus(3);
        GenerateForSessionRequest request = GenerateForSessionRequest.newBuilder()
                .setSessionId(SESSION_ID)
                .setRequestId("first")
                .build();
        GenerateForSessionResponse first = client.notifications().generateForSession(request);
        herald.insertStudents(50, 5);
        assertThat(client.notifications().generateForSession(request)).isEqualTo(first);
        assertThat(herald.number("SELECT count(*) FROM email_notifications")).isEqualTo(3);
    }

    @Test
    void generate_requestIdWithAnotherPayload_isRefused() {
        herald.loadCampus(3);
        GenerateForSessionRequest request = GenerateForSessionRequest.newBuilder()
                .setSessionId(SESSION_ID)
                .setRequestId("one")
                .build();
        client.notifications().generateForSession(request);
        assertRefused(
                () -> client.notifications()
                        .generateForSession(request.toBuilder().setSessionId(71).build()),
                ErrorReason.ERROR_REASON_REQUEST_ID_REUSED);
    }

    @Test
    void generate_requestIdOfARefusedCall_canBeUsedAgain() {
        GenerateForSessionRequest request = GenerateForSessionRequest.newBuilder()
                .setSessionId(SESSION_ID)
                .setRequestId("one")
                .build();
        assertRefused(
                () -> client.notifications().generateForSession(request), ErrorReason.ERROR_REASON_SESSION_NOT_FOUND);
        herald.loadCampus(3);
        assertThat(client.notifications().generateForSession(request).getNotificationsCreated())
                .isEqualTo(3);
    }

    @Test
    void generate_sameRequestIdAtOnce_isDoneOnce() throws Exception {
        herald.loadCampus(100);
        GenerateForSessionRequest request = GenerateForSessionRequest.newBuilder()
                .setSessionId(SESSION_ID)
                .setRequestId("one")
                .build();
        List<GenerateForSessionResponse> answers =
                atOnce(8, () -> client.notifications().generateForSession(request));
        assertThat(answers)
                .allSatisfy(
                        answer -> assertThat(answer.getNotificationsCreated()).isEqualTo(100));
    }
}
