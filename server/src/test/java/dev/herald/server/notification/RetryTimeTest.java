package dev.herald.server.notification;

import static dev.herald.server.testing.HeraldFixture.SESSION_ID;
import static org.assertj.core.api.Assertions.assertThat;

import dev.herald.server.config.Secret;
import dev.herald.server.config.Settings;
import dev.herald.server.delivery.Outbox;
import dev.herald.server.directory.DirectoryRepository;
import dev.herald.server.directory.DirectoryWriter;
import dev.herald.server.persistence.Database;
import dev.herald.server.persistence.DatabaseConfig.DirectoryOwner;
import dev.herald.server.persistence.Transactions;
import dev.herald.server.request.RequestLedger;
import dev.herald.server.testing.HeraldFixture;
import dev.herald.server.testing.TestDatabase;
import dev.herald.server.token.KeyRing;
import dev.herald.server.token.TokenConfig;
import dev.herald.server.token.TokenIssuer;
import dev.herald.server.token.TokenStateRepository;
import dev.herald.v1.RetryFailedNotificationsRequest;
import dev.herald.v1.RetryFailedNotificationsResponse;
import dev.herald.v1.RetryFilter;
import io.grpc.Context;
import io.grpc.Deadline;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A database so slow that each page takes ten of the thirty seconds a call has. */
class RetryTimeTest {
    private static final Duration PAGE_TAKES = Duration.ofSeconds(10);

    private final ScheduledExecutorService timer = Executors.newSingleThreadScheduledExecutor();
    private final AtomicLong nanos = new AtomicLong();
    private RetryScene scene;
    private Database database;
    private NotificationRetrier retrier;

    @BeforeEach
    void start() {
        scene = RetryScene.start();
        scene.generate(2_500, Duration.ZERO);
        Delivered.failed(scene.herald(), "true");
        database = Database.open(TestDatabase.configOf(scene.herald().url()), List.of());
        retrier = new NotificationRetrier(room(database.transactions()));
    }

    @AfterEach
    void stop() {
        database.close();
        scene.herald().close();
        timer.shutdownNow();
    }

    @Test
    void retry_halfOfTheCallsTimeIsGone_keepsWhatIsDoneAndSaysWhereToGoOn() throws Exception {
        RetryFailedNotificationsResponse first = retry(30, 0);
        assertThat(first.getRetried()).isEqualTo(2_000);
        assertThat(first.getContinueAfterEmailId()).isEqualTo(scene.emailOf(2_000));
        assertThat(pending()).isEqualTo(2_000);
        RetryFailedNotificationsResponse second = retry(30, first.getContinueAfterEmailId());
        assertThat(second.getRetried()).isEqualTo(500);
        assertThat(second.getContinueAfterEmailId()).isZero();
        assertThat(pending()).isEqualTo(2_500);
    }

    @Test
    void retry_timeForLessThanAPage_doesOneAllTheSame() throws Exception {
        assertThat(retry(11, 0).getRetried()).isEqualTo(1_000);
        assertThat(pending()).isEqualTo(1_000);
    }

    private RetryFailedNotificationsResponse retry(int seconds, long after) throws Exception {
        Deadline deadline = Deadline.after(seconds, TimeUnit.SECONDS, new Deadline.Ticker() {
            @Override
            public long nanoTime() {
                return nanos.get();
            }
        });
        RetryFailedNotificationsRequest request = RetryFailedNotificationsRequest.newBuilder()
                .setFilter(RetryFilter.newBuilder().setSessionId(SESSION_ID).setAfterEmailId(after))
                .build();
        Context.CancellableContext call = Context.current().withDeadline(deadline, timer);
        try {
            return call.call(() -> retrier.retry(request));
        } finally {
            call.cancel(null);
        }
    }

    private long pending() {
        return scene.herald().number("SELECT count(*) FROM email_notifications WHERE status = 'pending'");
    }

    private NotificationRoom room(Transactions transactions) {
        return new NotificationRoom(
                NotificationConfig.from(
                        Settings.of(Map.of("ATTENDANCE_URL", "https://attendance.campus.example/mark"), Map.of())),
                transactions,
                new DirectoryRepository(),
                new DirectoryWriter(transactions, DirectoryOwner.OWN, address -> true),
                new Outbox(),
                new RequestLedger(),
                new TokenIssuer(KeyRing.of(new TokenConfig(new Secret(HeraldFixture.SIGNING_KEY), List.of()))),
                new TokenStateRepository(),
                new SlowClock(),
                () -> {});
    }

    /** Asked once a page, and then the page's time is gone. */
    private final class SlowClock extends Clock {
        private final Clock usual = scene.herald().clock();

        @Override
        public Instant instant() {
            nanos.addAndGet(PAGE_TAKES.toNanos());
            return usual.instant();
        }

        @Override
        public ZoneId getZone() {
            return usual.getZone();
        }

        @Override
        public Clock withZone(ZoneId zone) {
            return usual.withZone(zone);
        }
    }
}
