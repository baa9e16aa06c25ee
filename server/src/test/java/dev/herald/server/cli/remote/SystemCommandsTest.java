package dev.herald.server.cli.remote;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonObject;
import com.google.protobuf.Duration;
import com.google.protobuf.Timestamp;
import dev.herald.server.cli.CommandRun;
import dev.herald.server.testing.HeraldFixture;
import dev.herald.v1.CheckConfigurationResponse;
import dev.herald.v1.CheckOutcome;
import dev.herald.v1.ConfigurationCheck;
import dev.herald.v1.DeliveryExecutor;
import dev.herald.v1.DeliveryPause;
import dev.herald.v1.DeliveryPriority;
import dev.herald.v1.GetSystemStatusResponse;
import dev.herald.v1.ListAuditEntriesRequest;
import dev.herald.v1.QueueDepth;
import dev.herald.v1.RelayState;
import dev.herald.v1.RelayStatus;
import dev.herald.v1.SendTestEmailRequest;
import dev.herald.v1.SendTestEmailResponse;
import io.grpc.Status;
import java.io.IOException;
import java.time.Instant;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import picocli.CommandLine.Help.Ansi;

@Timeout(60)
class SystemCommandsTest {
    private static final Instant NOW = Instant.parse("2026-11-22T10:00:00Z");

    private FakeSystem system;

    @BeforeEach
    void start() throws IOException {
        system = FakeSystem.start();
        system.status = status("8");
    }

    @AfterEach
    void stop() {
        system.close();
    }

    @Test
    void status_ofABusyServer_isTablesOfEverything() {
        CommandRun run = run("status").succeeded();
        assertThat(run.row("0.1.0")).containsExactly("0.1.0", "8", "1200", "3", "2026-11-22T10:00:00Z");
        assertThat(run.row("attendance_session"))
                .containsExactly("attendance_session", "normal", "40000", "2", "300", "7", "1m");
        assertThat(run.row("mail1/77/ab")).containsExactly("mail1/77/ab", "0.1.0", "2h", "1s", "300", "1200", "3");
        assertThat(run.row("smtp.campus.example:587"))
                .containsExactly("smtp.campus.example:587", "mail1/77/ab", "in trouble", "30s", "421 busy?[2J");
        assertThat(run.row("everything")).containsExactly("everything", "2026-11-22T11:00:00Z", "2026-11-22T09:00:00Z");
    }

    @Test
    void status_columns_areAlignedWithNumbersToTheRight() {
        assertThat(run("status").out()).contains("""
                        queue               priority    due  waiting  in hand  failed  oldest due for
                        attendance_session  normal    40000        2      300       7  1m
                        """);
    }

    @Test
    void status_nothingThere_saysSo() {
        system.status = GetSystemStatusResponse.getDefaultInstance();
        assertThat(run("status").succeeded().out())
                .contains("nothing is queued", "no process delivers", "nothing is paused");
    }

    @Test
    void status_schemaBehind_isToldAndRedOnATerminalWithColours() {
        system.status = status("7");
        assertThat(run("status").out()).contains("7, not 8").doesNotContain("\u001b");
        CommandRun coloured = CommandRun.of(CommandRun.environment(system.port()), "", Ansi.ON, "status");
        assertThat(coloured.out()).contains("\u001b[31m7, not 8");
    }

    @Test
    void status_json_hasEveryFieldOfTheAnswer() {
        system.status = GetSystemStatusResponse.getDefaultInstance();
        JsonObject answer = run("status", "--json").succeeded().answer();
        assertThat(answer.keySet())
                .contains("version", "schemaVersion", "queues", "executors", "sentLastMinute", "pauses");
    }

    @Test
    void statusWatch_withACount_showsItSoOftenASecondApart() {
        long before = System.nanoTime();
        assertThat(run("status", "--watch", "--count", "2", "--json")
                        .succeeded()
                        .answers())
                .hasSize(2);
        assertThat(System.nanoTime() - before).isGreaterThan(1_000_000_000);
        assertThat(run("status", "--watch", "--count", "1").succeeded().out())
                .containsOnlyOnce("sent/min  failed/min  as of");
        assertThat(run("status", "--watch", "--count", "0").exitCode()).isEqualTo(2);
    }

    @Test
    void check_allRight_succeedsAndWithAWarningToo() {
        system.checks = checks(CheckOutcome.CHECK_OUTCOME_OK, CheckOutcome.CHECK_OUTCOME_WARNING);
        assertThat(run("check").succeeded().out().lines()).hasSize(3).anyMatch(line -> line.contains("warning"));
    }

    @Test
    void check_oneFailed_failsAndNamesTheMend() {
        system.checks = checks(CheckOutcome.CHECK_OUTCOME_OK, CheckOutcome.CHECK_OUTCOME_FAILED);
        CommandRun run = run("check");
        assertThat(run.exitCode()).isEqualTo(1);
        assertThat(run.row("clock 1")).containsExactly("clock 1", "failed", "6 s behind", "set the clock");
        CommandRun json = run("check", "--json");
        assertThat(json.exitCode()).isEqualTo(1);
        assertThat(json.answer().getAsJsonArray("checks")).hasSize(2);
    }

    @Test
    void sendTest_toAnAddress_tellsWhatTheRelaySaid() {
        system.sent = SendTestEmailResponse.newBuilder()
                .setMessageId("<test-1@campus.example>")
                .setRelay("smtp.campus.example:587")
                .setSmtpCode(250)
                .setReply("Ok: queued as 4F2")
                .setDuration(Duration.newBuilder().setNanos(42_000_000))
                .build();
        assertThat(run("send-test", "ops@campus.example").succeeded().row("smtp"))
                .containsExactly(
                        "smtp.campus.example:587", "250", "42", "Ok: queued as 4F2", "<test-1@campus.example>");
        assertThat(run("send-test", "ops@campus.example", "--json")
                        .answer()
                        .get("smtpCode")
                        .getAsInt())
                .isEqualTo(250);
        assertThat(system.asked)
                .contains(SendTestEmailRequest.newBuilder()
                        .setTo("ops@campus.example")
                        .build());
    }

    @Test
    void sendTest_addressNotAllowed_failsWithoutRepeatingIt() {
        system.refuse(Status.Code.FAILED_PRECONDITION, "TEST_EMAIL_NOT_ALLOWED");
        CommandRun run = run("send-test", "ops@elsewhere.example", "--json");
        assertThat(run.exitCode()).isEqualTo(1);
        assertThat(run.error().get("reason").getAsString()).isEqualTo("TEST_EMAIL_NOT_ALLOWED");
        assertThat(run.err()).doesNotContain("ops@");
    }

    @Test
    void audit_withFilters_asksForThemAndPagesToTheLimit() {
        CommandRun run = run(
                        "audit",
                        "--actor",
                        "asha",
                        "--action",
                        "CancelForSession",
                        "--after",
                        "2026-11-01T00:00:00Z",
                        "--before",
                        "2026-12-01T00:00:00Z",
                        "--limit",
                        "0",
                        "--json")
                .succeeded();
        assertThat(run.answers())
                .extracting(page -> page.getAsJsonArray("entries").size())
                .containsExactly(1_000, 500);
        ListAuditEntriesRequest first = (ListAuditEntriesRequest) system.asked.peek();
        assertThat(first)
                .isEqualTo(ListAuditEntriesRequest.newBuilder()
                        .setActor("asha")
                        .setAction("CancelForSession")
                        .setAfter(at("2026-11-01T00:00:00Z"))
                        .setBefore(at("2026-12-01T00:00:00Z"))
                        .setPageSize(1_000)
                        .build());
    }

    @Test
    void audit_byDefault_isATableOfTheLastHundred() {
        CommandRun run = run("audit").succeeded();
        assertThat(run.out().lines()).hasSize(101);
        assertThat(run.out()).contains("session/1500", "session/1401", "{\"cancelled\": 3}");
    }

    @Test
    void pauseAndResume_onARealServer_holdAndEnd() {
        try (HeraldFixture herald = HeraldFixture.start(Map.of("DELIVERY", "off"))) {
            assertThat(CommandRun.beside(herald.port(), "pause", "--for", "1h")
                            .succeeded()
                            .out())
                    .contains("everything is paused until ");
            assertThat(herald.number("SELECT extract(epoch FROM until - now()) FROM delivery_pauses"))
                    .isBetween(3_500L, 3_600L);
            String until = NOW.plusSeconds(Instant.now().getEpochSecond() - NOW.getEpochSecond() + 600)
                    .toString();
            JsonObject pause = CommandRun.beside(
                            herald.port(), "pause", "attendance_session", "--until", until, "--json")
                    .succeeded()
                    .answer();
            assertThat(pause.get("until").getAsString()).isEqualTo(until);
            assertThat(CommandRun.beside(herald.port(), "resume").succeeded().out())
                    .contains("everything goes on");
            assertThat(CommandRun.beside(herald.port(), "resume", "attendance_session", "--json")
                            .succeeded()
                            .answer()
                            .get("resumed")
                            .getAsBoolean())
                    .isTrue();
            assertThat(CommandRun.beside(herald.port(), "resume").succeeded().out())
                    .contains("there was no pause of");
            assertThat(CommandRun.beside(herald.port(), "pause", "newsletter", "--for", "8d")
                            .err())
                    .contains("until: ", "scope: ");
        }
    }

    @Test
    void pause_withoutOneEnd_isWrongUsage() {
        assertThat(run("pause").exitCode()).isEqualTo(2);
        assertThat(run("pause", "--for", "1h", "--until", "2026-11-22T10:00:00Z")
                        .exitCode())
                .isEqualTo(2);
        assertThat(run("pause", "--for", "soon").err()).contains("a number with s, m, h or d");
    }

    private CommandRun run(String... arguments) {
        return CommandRun.beside(system.port(), arguments);
    }

    private static CheckConfigurationResponse checks(CheckOutcome... outcomes) {
        CheckConfigurationResponse.Builder checks = CheckConfigurationResponse.newBuilder();
        for (int i = 0; i < outcomes.length; i++) {
            checks.addChecks(ConfigurationCheck.newBuilder()
                    .setName("clock " + i)
                    .setOutcome(outcomes[i])
                    .setFinding("6 s behind")
                    .setMend("set the clock"));
        }
        return checks.build();
    }

    private static GetSystemStatusResponse status(String schema) {
        return GetSystemStatusResponse.newBuilder()
                .setAsOf(ago(0))
                .setVersion("0.1.0")
                .setSchemaVersion(schema)
                .setSchemaExpected("8")
                .setSentLastMinute(1_200)
                .setFailedLastMinute(3)
                .addQueues(QueueDepth.newBuilder()
                        .setKind("attendance_session")
                        .setPriority(DeliveryPriority.DELIVERY_PRIORITY_NORMAL)
                        .setDue(40_000)
                        .setWaiting(2)
                        .setInHand(300)
                        .setFailed(7)
                        .setOldestDueAt(ago(61)))
                .addExecutors(DeliveryExecutor.newBuilder()
                        .setName("mail1/77/ab")
                        .setVersion("0.1.0")
                        .setStartedAt(ago(2 * 3_600 + 5))
                        .setSeenAt(ago(1))
                        .setInHand(300)
                        .setSentLastMinute(1_200)
                        .setFailedLastMinute(3)
                        .addRelays(RelayStatus.newBuilder()
                                .setRelay("smtp.campus.example:587")
                                .setState(RelayState.RELAY_STATE_IN_TROUBLE)
                                .setSince(ago(30))
                                .setTrouble("421 busy\u001b[2J")))
                .addPauses(DeliveryPause.newBuilder().setUntil(ago(-3_600)).setPausedAt(ago(3_600)))
                .build();
    }

    private static Timestamp ago(long seconds) {
        return HeraldFixture.timestamp(NOW.minusSeconds(seconds));
    }

    private static Timestamp at(String moment) {
        return HeraldFixture.timestamp(Instant.parse(moment));
    }
}
