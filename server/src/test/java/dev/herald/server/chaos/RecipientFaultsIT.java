package dev.herald.server.chaos;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.herald.server.chaos.ChaosRelay.Moment;
import dev.herald.server.chaos.ChaosRelay.Stage;
import dev.herald.server.testing.HeraldProcess;
import java.time.Duration;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/**
 * What a relay does to single mails (F23 to F26, F30), each to the recipients of a domain of its own, all in one run: those that are
 * tried again are put off for a minute, and so it is waited for only once.
 */
@ExtendWith(ChaosTable.class)
class RecipientFaultsIT {
    private static final int EACH = Size.of(50, 300);
    /** As long as a minute with its jitter, and its delivery. */
    private static final int PATIENCE_SECONDS = 120;

    private static final Map<String, String> ROWS = Map.ofEntries(
            Map.entry("rcpt", "F23 relay drops the connection at RCPT"),
            Map.entry("data", "F23 relay drops the connection at DATA"),
            Map.entry("dot", "F24 relay drops the connection behind the dot"),
            Map.entry("lost", "F24 accepted, and the 250 lost"),
            Map.entry("unknown", "F25 550 to the recipient"),
            Map.entry("spam", "F25 554 behind the dot"),
            Map.entry("grey", "F26 451 to the recipient (greylisting)"),
            Map.entry("later", "F26 452 behind the dot"),
            Map.entry("endless", "F30 a reply of 100 kB"),
            Map.entry("control", "F30 a reply with NUL, 8-bit bytes and many lines"),
            Map.entry("campus", "F23-F30 the other recipients meanwhile"));
    private static final Set<String> REFUSED = Set.of("unknown", "spam");
    /** Accepted, and nobody was told. */
    private static final Set<String> DOUBLED = Set.of("lost");

    private final Set<String> before = ConcurrentHashMap.newKeySet();

    @Test
    void faults_ofSingleMails_stopNoOtherAndDoubleOnlyTheUnknown() {
        try (ChaosScene scene = ChaosScene.of(5 * EACH)) {
            int first = 5 * EACH + 1;
            for (String domain : ROWS.keySet()) {
                if (!domain.equals("campus")) {
                    scene.students(first, EACH, domain + ".example");
                    first += EACH;
                }
            }
            misbehave(scene.relay());
            HeraldProcess server = scene.serve();
            scene.generate(server, ChaosScene.SESSION);
            await().atMost(Duration.ofSeconds(60))
                    .until(() -> scene.number("SELECT count(*) FROM outbox WHERE NOT parked AND due_at <= now()") == 0);
            assertCharged(scene);
            if (!Size.isFull()) {
                scene.bringForward();
            }
            scene.faultEnds();
            double seconds = scene.awaitWhole(PATIENCE_SECONDS);
            assertRows(scene, seconds);
        }
    }

    private void misbehave(ChaosRelay relay) {
        relay.at(Stage.RCPT, mail -> {
            if (isFirst(mail, "rcpt")) {
                return Answer.DROP;
            } else if (isFirst(mail, "grey")) {
                return Answer.say("451 4.7.1 greylisted, come back later");
            } else if (isFirst(mail, "endless")) {
                return Answer.say("450 4.2.0 " + "x".repeat(100_000));
            } else if (isFirst(mail, "control")) {
                return Answer.say("450-4.2.0 \0\u00ff\u00fe\r\n450-4.2.0 \u0007<b>\r\n450 4.2.0 end");
            }
            return domain(mail).equals("unknown") ? Answer.say("550 5.1.1 no such user") : Answer.USUAL;
        });
        relay.at(Stage.DATA, mail -> isFirst(mail, "data") ? Answer.DROP : Answer.USUAL);
        relay.at(Stage.DOT, mail -> {
            if (isFirst(mail, "dot")) {
                return Answer.DROP;
            } else if (isFirst(mail, "lost")) {
                return Answer.ACCEPT_AND_DROP;
            } else if (isFirst(mail, "later")) {
                return Answer.say("452 4.3.1 no room");
            }
            return domain(mail).equals("spam") ? Answer.say("554 5.7.1 looks like spam") : Answer.USUAL;
        });
    }

    /** Whether this recipient, of that domain, is here for the first time. */
    private boolean isFirst(Moment mail, String domain) {
        return domain(mail).equals(domain) && before.add(mail.recipient());
    }

    private static String domain(Moment mail) {
        return mail.recipient().replaceAll(".*@|\\.example", "");
    }

    /** An attempt each for what was met, none for what wasn't, and outcomes that are what they are. */
    private static void assertCharged(ChaosScene scene) {
        assertThat(attempts(scene, "'unknown'")).isEqualTo(2L * EACH);
        assertThat(attempts(scene, "'permanent'")).isEqualTo(2L * EACH);
        assertThat(scene.number("SELECT count(*) FROM outbox WHERE attempts > 1"))
                .isZero();
        assertThat(scene.number("SELECT max(length(reply)) FROM delivery_attempts"))
                .isLessThanOrEqualTo(500);
        // Off the claim index until a minute less a fifth has passed.
        assertThat(scene.number(
                        "SELECT count(*) FROM outbox WHERE NOT parked AND due_at < now() + interval '15 seconds'"))
                .isZero();
    }

    private static long attempts(ChaosScene scene, String outcome) {
        return scene.number("SELECT count(*) FROM delivery_attempts WHERE outcome = " + outcome);
    }

    private static void assertRows(ChaosScene scene, double seconds) {
        ROWS.entrySet().stream().sorted(Map.Entry.comparingByValue()).forEach(row -> {
            String domain = row.getKey();
            scene.assertRow(
                    row.getValue(),
                    "%@" + domain + ".example",
                    REFUSED.contains(domain) ? EACH : 0,
                    DOUBLED.contains(domain) ? EACH : 0,
                    seconds);
        });
    }
}
