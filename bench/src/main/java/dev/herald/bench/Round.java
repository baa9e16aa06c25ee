package dev.herald.bench;

import java.time.Instant;
import java.time.temporal.ChronoUnit;

/**
 * One session's delivery, in milliseconds from the beginning of the call that generated it.
 *
 * @param mails how many there were
 * @param sent how many of them were sent
 * @param answered when the call was answered
 * @param first when the relay had accepted the first mail, by the server's clock
 * @param last when it had accepted the last
 * @param written when no mail was pending any more, as seen by a query every 2 ms
 */
record Round(int mails, int sent, double answered, double first, double last, double written) {
    private static final double LIMIT_SECONDS = 600;
    private static final double LOOK_EVERY_MS = 2;
    private static final String PENDING =
            "SELECT /* bench */ count(*) FROM (SELECT FROM email_notifications WHERE status = 'pending' LIMIT 1) AS one";

    static Round run(Herald herald, Campus campus, BenchDatabase database, int students) {
        long session = campus.newSession(students);
        double start = microsNow() / 1e3;
        long startNanos = System.nanoTime();
        herald.client().notifications().generateForSession(session);
        double answered = (System.nanoTime() - startNanos) / 1e6;
        Threads.await(LIMIT_SECONDS, LOOK_EVERY_MS, () -> database.number(PENDING) == 0);
        double written = (System.nanoTime() - startNanos) / 1e6;
        String sent = " FROM email_notifications WHERE status = 'sent' AND session_id = ?";
        return new Round(
                students,
                (int) database.number("SELECT /* bench */ count(*)" + sent, session),
                answered,
                database.number("SELECT /* bench */ extract(epoch FROM min(sent_at)) * 1000" + sent, session) - start,
                database.number("SELECT /* bench */ extract(epoch FROM max(sent_at)) * 1000" + sent, session) - start,
                written);
    }

    /** Mails a second while there was delivery: from the call's answer until everything was accepted and written down. */
    double rate() {
        return mails / ((written - answered) / 1e3);
    }

    private static double microsNow() {
        return ChronoUnit.MICROS.between(Instant.EPOCH, Instant.now());
    }
}
