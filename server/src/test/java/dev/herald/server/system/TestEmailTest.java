package dev.herald.server.system;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.awaitility.Awaitility.await;

import com.google.gson.JsonParser;
import dev.herald.server.caller.Role;
import dev.herald.server.config.Settings;
import dev.herald.server.config.SettingsReader;
import dev.herald.server.mail.MailAddress;
import dev.herald.server.testing.HeraldFixture;
import dev.herald.server.testing.ScriptedSmtpServer;
import dev.herald.server.testing.ScriptedSmtpServer.Stage;
import dev.herald.v1.ListAuditEntriesRequest;
import dev.herald.v1.SendTestEmailRequest;
import dev.herald.v1.SendTestEmailResponse;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.protobuf.StatusProto;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class TestEmailTest {
    private static final String ALLOWED = "ops@campus.example, test.example";

    private static HeraldFixture herald;

    @BeforeAll
    static void start() {
        herald = HeraldFixture.start(Map.of("DELIVERY", "off", "TEST_EMAIL_ALLOWED", ALLOWED));
    }

    @AfterAll
    static void stop() {
        herald.close();
    }

    @AfterEach
    void usual() {
        herald.relay().usual(Stage.RCPT).usual(Stage.DOT).usual(Stage.CONNECT);
    }

    @Test
    void send_allowedAddress_leavesAtOnceAndAnswersWithTheReply() {
        int before = herald.relay().mails().size();
        herald.relay().reply(Stage.DOT, "250 2.0.0 Ok: queued as 4XyZ");
        SendTestEmailResponse answer = send("ops@campus.example");
        assertThat(answer.getSmtpCode()).isEqualTo(250);
        assertThat(answer.getReply()).contains("queued as 4XyZ");
        assertThat(answer.getRelay()).isEqualTo("127.0.0.1:" + herald.relay().port());
        assertThat(answer.hasDuration()).isTrue();
        assertThat(herald.relay().mails()).hasSize(before + 1);
        var mail = herald.relay().mails().get(before);
        assertThat(mail.recipients()).containsExactly("ops@campus.example");
        assertThat(new String(mail.data(), StandardCharsets.UTF_8))
                .contains("Subject: Herald test mail", "<" + answer.getMessageId() + ">");
        assertThat(herald.number("SELECT count(*) FROM outbox")).isZero();
    }

    @ParameterizedTest
    @ValueSource(strings = {"anybody@test.example", "Anybody@TEST.example", "OPS@Campus.Example"})
    void send_allowedDomainOrOtherCase_isSent(String to) {
        assertThat(send(to).getSmtpCode()).isEqualTo(250);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"other@campus.example", "ops@sub.test.example", "ops@campus.example.org", "ops@xtest.example"})
    void send_anybodyElse_isRefusedWithoutAConnection(String to) {
        int connections = herald.relay().connections();
        StatusRuntimeException refusal = refusal(to);
        assertThat(refusal.getStatus().getCode()).isEqualTo(Status.Code.FAILED_PRECONDITION);
        assertThat(refusal.getStatus().getDescription())
                .contains("TEST_EMAIL_ALLOWED")
                .doesNotContain(to);
        assertThat(herald.relay().connections()).isEqualTo(connections);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"nobody", "a@b@", "x@test.example\r\nBcc: y@z.example", "a b@test.example", "@test.example"})
    void send_noAddress_isInvalid(String to) {
        assertThat(refusal(to).getStatus().getCode()).isEqualTo(Status.Code.INVALID_ARGUMENT);
    }

    @ParameterizedTest
    @CsvSource({"RCPT,550 5.1.1 <ops@campus.example> unknown,550", "DOT,451 4.3.0 later,451", "CONNECT,554 not you,554"
    })
    void send_relayRefuses_isRefusedWithItsReply(Stage stage, String reply, String code) {
        herald.relay().reply(stage, reply);
        StatusRuntimeException refusal = refusal("ops@campus.example");
        assertThat(refusal.getStatus().getCode()).isEqualTo(Status.Code.FAILED_PRECONDITION);
        assertThat(refusal.getStatus().getDescription()).contains("127.0.0.1:").doesNotContain("@");
        assertThat(StatusProto.fromThrowable(refusal).toString()).contains("EMAIL_DELIVERY_FAILED", "smtp_code", code);
    }

    @ParameterizedTest
    @CsvSource({"CONNECT,relay_unavailable", "RCPT,transient", "DOT,unknown"})
    void send_relayHangs_endsWithTheCallAndTheAuditTellsHow(Stage stage, String outcome) {
        herald.relay().reply(stage, ScriptedSmtpServer.HANG);
        StatusRuntimeException late = catchThrowableOfType(
                StatusRuntimeException.class,
                () -> herald.system(Role.ADMIN)
                        .withDeadlineAfter(1, TimeUnit.SECONDS)
                        .sendTestEmail(to("ops@campus.example")));
        assertThat(late.getStatus().getCode()).isEqualTo(Status.Code.DEADLINE_EXCEEDED);
        // A relay may be silent for a minute before we give up by ourselves.
        await().until(() -> lastOutcome().equals(outcome));
        herald.relay().usual(stage);
        await().ignoreException(StatusRuntimeException.class)
                .until(() -> send("ops@campus.example").getSmtpCode() == 250);
        assertThat(lastOutcome()).isEqualTo("accepted");
    }

    @Test
    void send_endCannotBeWrittenDown_leavesTheBeginning() {
        herald.update("CREATE FUNCTION only_begun() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN"
                + " RAISE EXCEPTION 'no space' USING ERRCODE = 'disk_full'; END $$");
        herald.update("CREATE TRIGGER only_begun BEFORE INSERT ON audit_entries FOR EACH ROW"
                + " WHEN (NEW.after->>'outcome' <> 'begun') EXECUTE FUNCTION only_begun()");
        try {
            assertThat(refusal("ops@campus.example").getStatus().getCode()).isEqualTo(Status.Code.UNAVAILABLE);
            assertThat(lastOutcome()).isEqualTo("begun");
        } finally {
            herald.update("DROP TRIGGER only_begun ON audit_entries");
        }
    }

    @Test
    void allowed_nothingSet_isNobody() {
        assertThat(config(Map.of()).allows(MailAddress.parse("ops@campus.example")))
                .isFalse();
        assertThat(config(Map.of("TEST_EMAIL_ALLOWED", ALLOWED)).toString()).doesNotContain("ops");
    }

    @ParameterizedTest
    @ValueSource(strings = {"a@b@c", "ops@campus.example,,", "two words", "*"})
    void allowed_neitherAddressNorDomain_isAFault(String text) {
        SettingsReader settings = Settings.of(Map.of("TEST_EMAIL_ALLOWED", text), Map.of());
        var unused = SystemConfig.from(settings);
        assertThatThrownBy(settings::check).hasMessageContaining("TEST_EMAIL_ALLOWED: must be addresses or domains");
    }

    private static SystemConfig config(Map<String, String> settings) {
        return SystemConfig.from(Settings.of(settings, Map.of()));
    }

    private static SendTestEmailResponse send(String to) {
        return herald.system(Role.ADMIN).sendTestEmail(to(to));
    }

    private static SendTestEmailRequest to(String address) {
        return SendTestEmailRequest.newBuilder().setTo(address).build();
    }

    /** Of the audit's newest entry. */
    private static String lastOutcome() {
        String after = herald.system(Role.ADMIN)
                .listAuditEntries(
                        ListAuditEntriesRequest.newBuilder().setPageSize(1).build())
                .getEntries(0)
                .getAfter();
        return JsonParser.parseString(after).getAsJsonObject().get("outcome").getAsString();
    }

    private static StatusRuntimeException refusal(String to) {
        return catchThrowableOfType(StatusRuntimeException.class, () -> send(to));
    }
}
