package dev.herald.server;

import static org.assertj.core.api.Assertions.assertThat;

import dev.herald.server.testing.DatabaseDump;
import dev.herald.server.testing.LeakScan;
import dev.herald.server.testing.Rows;
import dev.herald.server.testing.TelemetryScan;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** A whole run with everything that may go wrong, and then: what do the log, the spans, the metrics and the database know? */
class PrivacyTest {
    private static final Pattern THREE_PARTS = Pattern.compile("[\\w-]{10,}\\.[\\w-]{10,}\\.[\\w-]{10,}");
    private static final TelemetryScan scan = TelemetryScan.start();
    private static PrivacyRun run;

    @BeforeAll
    static void run() throws Exception {
        run = PrivacyRun.ofEverything();
    }

    @AfterAll
    static void stop() {
        run.close();
        scan.close();
    }

    @Test
    void log_ofTheWholeRun_holdsNoTokenNoKeyAndNoAddress() {
        assertThat(scan.log()).hasSizeGreaterThan(10).anyMatch(line -> line.contains("fault "));
        assertHoldNothing(scan.log());
    }

    @Test
    void spans_ofTheWholeRun_holdNoTokenNoKeyAndNoAddress() {
        assertThat(scan.spans())
                .hasSizeGreaterThan(100)
                .anyMatch(span -> span.contains("deliver attendance_session") && span.contains("250"))
                .anyMatch(span -> span.contains("recipient_rejected"))
                .anyMatch(span -> span.contains("UNAUTHENTICATED"));
        assertHoldNothing(scan.spans());
    }

    @Test
    void metrics_ofTheWholeRun_holdNoTokenNoKeyNoAddressAndNoId() {
        List<String> metrics = scan.metrics(run.herald());
        assertThat(metrics)
                .hasSizeGreaterThan(100)
                .anyMatch(line -> line.startsWith("herald_token_verdicts_total") && line.contains("BAD_SIGNATURE"))
                .noneMatch(line -> line.matches(".*\\b4711\\b.*"));
        assertHoldNothing(metrics);
    }

    private static void assertHoldNothing(List<String> lines) {
        assertThat(lines).allSatisfy(line -> {
            assertThat(LeakScan.leaks(line)).isEmpty();
            assertHoldsNoToken(line);
        });
    }

    private static void assertHoldsNoToken(String text) {
        assertThat(run.tokens()).hasSizeGreaterThan(8);
        for (String token : run.tokens()) {
            assertThat(text).doesNotContain(token, signature(token));
        }
    }

    /** Else the search below would search nothing there. Leases last no longer than a delivery, and name an executor. */
    @Test
    void database_afterTheWholeRun_holdsSomethingInEveryColumnThatCanHoldText() {
        List<String> columns = Rows.texts(run.herald().url(), """
                SELECT table_name || '.' || column_name FROM information_schema.columns
                WHERE table_schema = 'public' AND table_name <> 'herald_schema_history' AND column_name <> 'lease_owner'
                    AND data_type IN ('text', 'jsonb', 'json', 'bytea', 'character varying')""");
        assertThat(columns).hasSizeGreaterThan(30).allSatisfy(column -> {
            String[] names = column.split("\\.");
            assertThat(run.herald().number("SELECT count(" + names[1] + ") FROM " + names[0]))
                    .isPositive();
        });
    }

    @Test
    void database_afterTheWholeRun_holdsNoUsableTokenNoKeyAndNoAddressButTheUsers() {
        List<String> rows = DatabaseDump.of(run.herald().url());
        String everything = String.join("\n", rows);
        assertThat(everything).contains("Compilers", "student1@campus.example");
        assertThat(LeakScan.leakingRows(run.herald().url())).isEmpty();
        assertHoldsNoToken(everything);
        Matcher candidate = THREE_PARTS.matcher(everything);
        while (candidate.find()) {
            assertThat(run.client().tokens().validate(candidate.group()).getValid())
                    .isFalse();
        }
        assertThat(rows)
                .anyMatch(row -> row.startsWith("delivery_attempts|") && row.contains("550"))
                .anyMatch(row -> row.startsWith("outbox|") && row.contains("is no user here"));
        assertThat(Rows.texts(run.herald().url(), "SELECT DISTINCT action FROM audit_entries"))
                .contains(
                        "SendTestEmail",
                        "CancelForSession",
                        "RetryFailedNotifications",
                        "RevokeTokens",
                        "DeleteSession",
                        "DeleteStudent",
                        "EraseUser",
                        "PauseDelivery",
                        "ResumeDelivery");
    }

    private static String signature(String token) {
        return token.substring(token.lastIndexOf('.') + 1);
    }
}
