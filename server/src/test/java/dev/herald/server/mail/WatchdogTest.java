package dev.herald.server.mail;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.herald.server.mail.Watchdog.Leash;
import java.time.Duration;
import javax.net.ssl.SSLSocketFactory;
import org.junit.jupiter.api.Test;

class WatchdogTest {
    private static final Duration SHORT = Duration.ofMillis(100);
    private static final Duration LONG = Duration.ofMinutes(1);

    @Test
    void startAttempt_noEndInTime_isCutAndOnlyThat() {
        Watchdog watchdog = new Watchdog(new SmtpTimeouts(LONG, LONG, LONG, SHORT));
        CapturedSocket late = socket();
        CapturedSocket done = socket();
        CapturedSocket idle = socket();
        Leash ended = watchdog.hold(done);
        ended.startAttempt();
        ended.endAttempt();
        watchdog.hold(idle);
        watchdog.hold(late).startAttempt();
        await().until(late::wasCut);
        assertThat(done.wasCut()).isFalse();
        assertThat(idle.wasCut()).isFalse();
    }

    @Test
    void startWrite_noEndInTime_isCut() {
        Watchdog watchdog = new Watchdog(new SmtpTimeouts(LONG, LONG, SHORT, LONG));
        CapturedSocket late = socket();
        Leash leash = watchdog.hold(late);
        leash.startAttempt();
        leash.startWrite();
        await().until(late::wasCut);
    }

    @Test
    void hold_afterAllWereReleased_watchesAgain() {
        Watchdog watchdog = new Watchdog(new SmtpTimeouts(LONG, LONG, LONG, SHORT));
        CapturedSocket first = socket();
        Leash leash = watchdog.hold(first);
        leash.startAttempt();
        leash.release();
        // Long enough for the watch to have found nobody left.
        CapturedSocket second = socket();
        await().pollDelay(Duration.ofMillis(600)).until(() -> !first.wasCut());
        watchdog.hold(second).startAttempt();
        await().until(second::wasCut);
        assertThat(first.wasCut()).isFalse();
    }

    private static CapturedSocket socket() {
        return new CapturedSocket((SSLSocketFactory) SSLSocketFactory.getDefault());
    }
}
