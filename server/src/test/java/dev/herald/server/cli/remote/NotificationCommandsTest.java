package dev.herald.server.cli.remote;

import static dev.herald.server.testing.HeraldFixture.SESSION_ID;
import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonObject;
import dev.herald.server.cli.CommandRun;
import dev.herald.server.testing.HeraldFixture;
import dev.herald.server.testing.ScriptedSmtpServer.Stage;
import dev.herald.v1.SessionDelivery;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.LongStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A session of five students on a real server whose relay refuses the fifth. */
class NotificationCommandsTest {
    private static final String SESSION = Long.toString(SESSION_ID);

    private HeraldFixture herald;
    private long failed;

    @BeforeEach
    void deliver() {
        herald = HeraldFixture.start();
        herald.relay().reply(Stage.RCPT, to -> to.startsWith("student5@") ? "550 5.1.1 no such mailbox" : null);
        herald.loadCampus(5);
        herald.admin().notifications().generateForSession(SESSION_ID);
        SessionDelivery delivery = herald.awaitDelivery(SESSION_ID);
        failed = delivery.getFailedEmailIds(0);
    }

    @AfterEach
    void stop() {
        herald.close();
    }

    @Test
    void generate_again_tellsThatAllIsThere() {
        JsonObject made = run("generate", SESSION, "--json").succeeded().answer();
        assertThat(made.get("eligibleStudents").getAsInt()).isEqualTo(5);
        assertThat(made.get("notificationsCreated").getAsInt())
                .as("zeros are told")
                .isZero();
        assertThat(run("generate", SESSION).succeeded().row(SESSION)).startsWith(SESSION, "5", "0", "5");
    }

    @Test
    void delivery_ofASession_tellsHowManyAndWhichFailed() {
        CommandRun run = run("delivery", SESSION).succeeded();
        assertThat(run.row(SESSION)).startsWith(SESSION, "5", "0", "4", "1", "-");
        assertThat(run.out()).contains("failed: " + failed);
        JsonObject answer = run("delivery", SESSION, "--json").succeeded().answer();
        assertThat(answer.getAsJsonArray("failedEmailIds").get(0).getAsLong()).isEqualTo(failed);
    }

    @Test
    void deliveryWatch_toTheEnd_failsWhenMailsFailed() {
        assertThat(run("delivery", SESSION, "--watch").exitCode()).isEqualTo(1);
        herald.relay().usual(Stage.RCPT);
        run("retry", Long.toString(failed)).succeeded();
        CommandRun run = run("delivery", SESSION, "--watch", "--json").succeeded();
        List<JsonObject> states = run.answers();
        assertThat(states.get(states.size() - 1).get("sent").getAsInt()).isEqualTo(5);
    }

    @Test
    void deliveryWatch_progressWantedWithoutATerminal_isOnStandardErrorAlone() {
        CommandRun run = run("delivery", SESSION, "--watch", "--progress");
        assertThat(run.err()).contains("session " + SESSION, "100%", "5/5");
        assertThat(run.out()).doesNotContain("100%").contains("failed: ");
        assertThat(run("delivery", SESSION, "--watch").err()).isEmpty();
    }

    @Test
    void list_byEachFilter_showsWhatMatches() {
        assertThat(run("list").succeeded().out().lines()).hasSize(6);
        assertThat(run("list", "--status", "failed").row(Long.toString(failed)))
                .startsWith(Long.toString(failed), SESSION, "5", "failed", "recipient_rejected", "1");
        assertThat(rows("--status", "FAILED")).isEqualTo(1);
        assertThat(rows("--status", "pending")).isZero();
        assertThat(rows("--reason", "recipient_rejected")).isEqualTo(1);
        assertThat(rows("--reason", "poison")).isZero();
        assertThat(rows("--session", SESSION)).isEqualTo(5);
        assertThat(rows("--session", "4711")).isZero();
        assertThat(rows("--student", "3")).isEqualTo(1);
        assertThat(rows("--created-after", "1h")).isEqualTo(5);
        assertThat(rows("--created-before", "1h")).isZero();
        assertThat(rows("--created-before", "2100-01-01T00:00+05:30")).isEqualTo(5);
    }

    @Test
    void list_nothingMatches_saysSoToPeopleOnly() {
        assertThat(run("list", "--session", "4711").succeeded().out()).isEqualTo("No notifications match.\n");
        assertThat(run("list", "--session", "4711", "--json")
                        .succeeded()
                        .answer()
                        .getAsJsonArray("notifications"))
                .isEmpty();
        assertThat(run("audit", "--actor", "nobody").succeeded().out()).isEqualTo("No entries match.\n");
        assertThat(run("audit", "--actor", "nobody", "--json")
                        .succeeded()
                        .answer()
                        .getAsJsonArray("entries"))
                .isEmpty();
    }

    @Test
    void list_withALimit_endsThereAndSaysThatThereIsMore() {
        CommandRun two = run("list", "--limit", "2").succeeded();
        assertThat(two.out().lines()).hasSize(3);
        assertThat(two.err()).contains("there are more");
        CommandRun all = run("list", "--limit", "0").succeeded();
        assertThat(all.out().lines()).hasSize(6);
        assertThat(all.err()).isEmpty();
        JsonObject page = run("list", "--limit", "2", "--json").answer();
        assertThat(page.getAsJsonArray("notifications")).hasSize(2);
        assertThat(page.get("nextPageToken").getAsString()).isNotEmpty();
    }

    @Test
    void list_moreThanAPage_goesOnToTheEnd() {
        herald.insertStudents(6, 1_200);
        herald.admin().notifications().generateForSession(SESSION_ID);
        List<JsonObject> pages =
                run("list", "--limit", "1100", "--json").succeeded().answers();
        assertThat(pages)
                .extracting(page -> page.getAsJsonArray("notifications").size())
                .containsExactly(1_000, 100);
    }

    @Test
    void show_aFailedOne_tellsEveryAttemptWithTheReply() {
        CommandRun run = run("show", Long.toString(failed)).succeeded();
        assertThat(run.row("reason")).containsExactly("reason", "recipient_rejected");
        assertThat(run.out())
                .contains("permanent", "550", "5.1.1", "no such mailbox")
                .doesNotContain("student5@");
        JsonObject answer =
                run("show", Long.toString(failed), "--json").succeeded().answer();
        assertThat(answer.getAsJsonArray("attempts")).hasSize(1);
    }

    @Test
    void show_anUnknownOne_failsWithTheServersSentence() {
        CommandRun run = run("show", "4711");
        assertThat(run.exitCode()).isEqualTo(1);
        assertThat(run.out()).isEmpty();
        assertThat(run.err().lines()).singleElement().asString().contains("NOTIFICATION_NOT_FOUND", "4711");
        JsonObject error = run("show", "4711", "--json").error();
        assertThat(error.get("code").getAsString()).isEqualTo("NOT_FOUND");
        assertThat(error.get("reason").getAsString()).isEqualTo("NOTIFICATION_NOT_FOUND");
        assertThat(error.get("message").getAsString()).isEqualTo("notification 4711 not found");
    }

    @Test
    void preview_ofAMail_hasItsWordsButNoToken() {
        CommandRun run = run("preview", Long.toString(failed)).succeeded();
        assertThat(run.out())
                .startsWith("Subject: Attendance Session Created: Compilers")
                .contains("Hi First5,");
        assertThat(run.out()).doesNotContain("eyJ");
        assertThat(run("preview", Long.toString(failed), "--html").succeeded().out())
                .contains("<html");
        assertThat(run("preview", Long.toString(failed), "--json").answer().keySet())
                .containsExactlyInAnyOrder("subject", "text", "html");
    }

    @Test
    void retry_ids_tellsWhatBecameOfEach() {
        herald.relay().usual(Stage.RCPT);
        CommandRun run = run("retry", Long.toString(failed), "4711");
        assertThat(run.exitCode()).as("an id is unknown").isEqualTo(1);
        assertThat(run.row(Long.toString(failed))).containsExactly(Long.toString(failed), "retried");
        assertThat(run.row("4711")).containsExactly("4711", "not_found");
        assertThat(herald.awaitDelivery(SESSION_ID).getSent()).isEqualTo(5);
        assertThat(run("retry", Long.toString(failed)).exitCode()).as("skipped").isEqualTo(1);
    }

    @Test
    void retry_moreIdsThanACallTakes_callsAgain() {
        List<String> ids =
                LongStream.range(100_000, 101_500).mapToObj(Long::toString).toList();
        List<String> arguments = new ArrayList<>(List.of("retry", "--json", "--dry-run"));
        arguments.addAll(ids);
        List<JsonObject> answers = run(arguments.toArray(String[]::new)).answers();
        assertThat(answers)
                .extracting(answer -> answer.getAsJsonArray("results").size())
                .containsExactly(1_000, 500);
    }

    @Test
    void retry_byFilter_movesWhatMatchesUnlessItIsADryRun() {
        herald.relay().usual(Stage.RCPT);
        CommandRun dry = run("retry", "--session", SESSION, "--reason", "recipient_rejected", "--dry-run")
                .succeeded();
        assertThat(dry.row("retried")).containsExactly("retried", "1");
        assertThat(herald.number("SELECT count(*) FROM email_notifications WHERE status = 'failed'"))
                .isEqualTo(1);
        assertThat(run("retry", "--failed-before", "1h").succeeded().out())
                .isEqualTo("No failed notifications match.\n");
        List<JsonObject> answers = run("retry", "--all", "--failed-after", "1h", "--json")
                .succeeded()
                .answers();
        assertThat(answers.get(0).get("retried").getAsInt()).isEqualTo(1);
        assertThat(herald.awaitDelivery(SESSION_ID).getSent()).isEqualTo(5);
    }

    @Test
    void retry_withoutIdsOrFilterOrWithBoth_isWrongUsage() {
        assertThat(run("retry").exitCode()).isEqualTo(2);
        assertThat(run("retry", "1", "--all").exitCode()).isEqualTo(2);
        assertThat(run("retry", "--dry-run").err()).contains("name ids, or a filter", "herald retry --help");
    }

    @Test
    void cancel_aSession_endsItsLinks() {
        CommandRun run = run("cancel", SESSION, "--json").succeeded();
        assertThat(run.answer().get("revokedTokens").getAsInt()).isEqualTo(5);
        assertThat(run("cancel", SESSION).succeeded().out()).contains("cancelled 0 mails");
        assertThat(run("retry", Long.toString(failed)).row(Long.toString(failed)))
                .contains("cancelled");
    }

    @Test
    void validateAndRevoke_linksOfMails_tellOnStandardInputAndOutputOnly() {
        String token = herald.admin()
                .tokens()
                .generate(1, SESSION_ID, herald.clock().instant().plusSeconds(600))
                .getToken();
        CommandRun valid = with(token + "\n", "validate", "-").succeeded();
        assertThat(valid.row("yes")).startsWith("yes", "-", "1", SESSION);
        assertThat(valid.out()).doesNotContain(token);
        assertThat(with(token, "revoke", "--tokens", "-").succeeded().out()).contains("revoked 1 links");
        CommandRun revoked = with(token + "\n\nnonsense\n", "validate", "-", "--json");
        assertThat(revoked.exitCode()).isEqualTo(1);
        assertThat(revoked.answers())
                .extracting(answer -> answer.get("reason").getAsString())
                .containsExactly("TOKEN_REASON_REVOKED", "TOKEN_REASON_MALFORMED");
        assertThat(with("\n", "validate", "-").exitCode()).isEqualTo(2);
        CommandRun mistaken = with("", "validate", token);
        assertThat(mistaken.exitCode()).isEqualTo(1);
        assertThat(mistaken.err()).contains("name one with a token a line").doesNotContain(token.substring(0, 20));
    }

    @Test
    void revoke_notificationsAndSessions_countsTheirLinks() {
        assertThat(run("revoke", Long.toString(failed)).succeeded().out()).contains("revoked 1 links");
        JsonObject answer =
                run("revoke", "--session", SESSION, "--json").succeeded().answer();
        assertThat(answer.get("revoked").getAsInt()).isEqualTo(4);
        assertThat(run("revoke").exitCode()).isEqualTo(2);
    }

    @Test
    void moments_shown_areInUtcToTheSecond() {
        assertThat(run("list", "--student", "1").out())
                .containsPattern(" 20\\d\\d-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\dZ ");
    }

    private CommandRun run(String... arguments) {
        return with("", arguments);
    }

    private CommandRun with(String in, String... arguments) {
        return CommandRun.of(CommandRun.environment(herald.port()), in, arguments);
    }

    private int rows(String... filter) {
        String[] arguments = new String[filter.length + 2];
        arguments[0] = "list";
        arguments[1] = "--json";
        System.arraycopy(filter, 0, arguments, 2, filter.length);
        return run(arguments)
                .succeeded()
                .answer()
                .getAsJsonArray("notifications")
                .size();
    }
}
