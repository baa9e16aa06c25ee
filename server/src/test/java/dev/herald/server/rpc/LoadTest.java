package dev.herald.server.rpc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.herald.server.caller.CallerTokens;
import dev.herald.server.caller.Role;
import dev.herald.server.config.Secret;
import dev.herald.server.testing.HeraldFixture;
import dev.herald.server.testing.RawCall;
import dev.herald.server.testing.RawCall.Answer;
import dev.herald.v1.GenerateForSessionRequest;
import dev.herald.v1.GetNotificationRequest;
import dev.herald.v1.ValidateTokenRequest;
import io.grpc.CallOptions;
import io.grpc.ManagedChannel;
import io.grpc.Metadata;
import io.grpc.Status;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** More calls than can be served, and calls nobody waits for any more. */
@Tag("measured")
class LoadTest {
    private static final String GENERATE = "herald.v1.NotificationService/GenerateForSession";
    private static final String GET = "herald.v1.NotificationService/GetNotification";
    private static final String VALIDATE = "herald.v1.TokenService/ValidateToken";
    private static final byte[] SESSION = GenerateForSessionRequest.newBuilder()
            .setSessionId(HeraldFixture.SESSION_ID)
            .build()
            .toByteArray();
    private static final byte[] UNKNOWN =
            GetNotificationRequest.newBuilder().setEmailId(4711).build().toByteArray();

    private static HeraldFixture herald;

    @BeforeAll
    static void start() {
        herald = HeraldFixture.start(Map.of("DELIVERY", "off"));
        herald.loadCampus(20);
    }

    @AfterAll
    static void stop() {
        herald.close();
    }

    /** F37: the pool's threads all wait for a lock, and a thousand calls behind them. */
    @Test
    void generate_moreAtOnceThanMayWait_isTurnedAwayWhileChecksAreServed() throws SQLException {
        List<CompletableFuture<Answer>> calls = new ArrayList<>();
        try (Connection holder = DriverManager.getConnection(herald.url());
                Statement statement = holder.createStatement()) {
            holder.setAutoCommit(false);
            statement.execute("LOCK TABLE email_notifications IN SHARE MODE");
            for (int connection = 0; connection < 10; connection++) {
                ManagedChannel channel = herald.channel();
                IntStream.range(0, 100).forEach(i -> calls.add(begin(channel, GENERATE, SESSION)));
            }
            await().until(() -> calls.stream().filter(CompletableFuture::isDone).count() >= 600);
            assertChecksAreServed();
            holder.rollback();
        }
        List<Answer> answers = calls.stream().map(CompletableFuture::join).toList();
        assertThat(answers)
                .filteredOn(answer -> answer.code() == Status.Code.RESOURCE_EXHAUSTED)
                .hasSizeGreaterThanOrEqualTo(500)
                .allSatisfy(answer -> {
                    assertThat(answer.reason()).isEqualTo("RATE_LIMITED");
                    assertThat(answer.retryInfo()).isPresent();
                });
        // Those that met the lock had it in the end, or gave up on it.
        assertThat(answers)
                .filteredOn(answer -> answer.code() != Status.Code.RESOURCE_EXHAUSTED)
                .extracting(Answer::code)
                .contains(Status.Code.OK)
                .isSubsetOf(Status.Code.OK, Status.Code.UNAVAILABLE);
        assertThat(herald.application().rpc().refusals().count("RATE_LIMITED_SERVER"))
                .isGreaterThanOrEqualTo(500);
    }

    private static void assertChecksAreServed() {
        ManagedChannel channel = herald.channel();
        byte[] strict = ValidateTokenRequest.newBuilder()
                .setToken(herald.admin()
                        .tokens()
                        .generate(
                                1,
                                HeraldFixture.SESSION_ID,
                                herald.clock().instant().plusSeconds(600))
                        .getToken())
                .build()
                .toByteArray();
        long[] nanos = new long[200];
        for (int i = 0; i < nanos.length; i++) {
            long start = System.nanoTime();
            assertThat(RawCall.toItsEnd(channel, VALIDATE, admin(), List.of(strict))
                            .code())
                    .isEqualTo(Status.Code.OK);
            nanos[i] = System.nanoTime() - start;
        }
        Arrays.sort(nanos);
        assertThat(Duration.ofNanos(nanos[nanos.length * 99 / 100])).isLessThan(Duration.ofMillis(250));
        assertThat(RawCall.toItsEnd(channel, "grpc.health.v1.Health/Check", new Metadata(), List.of(new byte[0]))
                        .code())
                .isEqualTo(Status.Code.OK);
        assertThat(RawCall.toItsEnd(channel, GENERATE, new Metadata(), List.of(SESSION))
                        .code())
                .isEqualTo(Status.Code.UNAUTHENTICATED);
    }

    /** F36. */
    @Test
    void generate_callerGivesUpWhileTheDatabaseIsBusy_stopsItsWorkWithinASecond() throws SQLException {
        try (Connection holder = DriverManager.getConnection(herald.url());
                Statement statement = holder.createStatement()) {
            holder.setAutoCommit(false);
            statement.execute("LOCK TABLE email_notifications IN SHARE MODE");
            ManagedChannel channel = herald.channel();
            CompletableFuture<Answer> call = RawCall.begin(
                    channel,
                    CallOptions.DEFAULT.withDeadlineAfter(1_500, TimeUnit.MILLISECONDS),
                    GENERATE,
                    admin(),
                    List.of(SESSION));
            await().until(() -> waiting() == 1);
            assertThat(call.join().code()).isEqualTo(Status.Code.DEADLINE_EXCEEDED);
            await().atMost(Duration.ofSeconds(2)).until(() -> waiting() == 0);
            holder.rollback();
        }
        assertThat(RawCall.toItsEnd(herald.channel(), GENERATE, admin(), List.of(SESSION))
                        .code())
                .isEqualTo(Status.Code.OK);
    }

    @Test
    void callers_beyondTheirRate_areToldWhenToComeAgainBeforeTheirBodyIsRead() {
        try (HeraldFixture limited = herald.another(Map.of("DELIVERY", "off", "CALLER_RATE_LIMIT", "20"))) {
            ManagedChannel channel = limited.channel();
            List<Answer> answers = IntStream.range(0, 60)
                    .mapToObj(i ->
                            RawCall.begin(channel, CallOptions.DEFAULT, GET, admin(), List.of("no message".getBytes())))
                    .toList()
                    .stream()
                    .map(CompletableFuture::join)
                    .toList();
            assertThat(answers).extracting(Answer::code).contains(Status.Code.INVALID_ARGUMENT);
            assertThat(answers)
                    .filteredOn(answer -> answer.code() == Status.Code.RESOURCE_EXHAUSTED)
                    .hasSizeGreaterThanOrEqualTo(20)
                    .allSatisfy(answer -> {
                        assertThat(answer.reason()).isEqualTo("RATE_LIMITED");
                        assertThat(answer.retryInfo()
                                        .orElseThrow()
                                        .getRetryDelay()
                                        .getNanos())
                                .isPositive()
                                .isLessThan(200_000_000);
                    });
            Metadata other = RawCall.authorization("Bearer "
                    + new CallerTokens(new Secret(HeraldFixture.CALLER_KEY), Clock.systemUTC())
                            .issue("somebody else", Set.of(Role.READER), Duration.ofMinutes(5)));
            assertThat(RawCall.toItsEnd(channel, GET, other, List.of(UNKNOWN)).code())
                    .isEqualTo(Status.Code.NOT_FOUND);
            assertThat(RawCall.toItsEnd(channel, "grpc.health.v1.Health/Check", new Metadata(), List.of(new byte[0]))
                            .code())
                    .isEqualTo(Status.Code.OK);
            await().until(() ->
                    RawCall.toItsEnd(channel, GET, admin(), List.of(UNKNOWN)).code() == Status.Code.NOT_FOUND);
        }
    }

    private static CompletableFuture<Answer> begin(ManagedChannel channel, String method, byte[] request) {
        return RawCall.begin(channel, CallOptions.DEFAULT, method, admin(), List.of(request));
    }

    /** Statements of Herald's that wait for a lock. */
    private static long waiting() {
        return herald.number("SELECT count(*) FROM pg_stat_activity WHERE datname = current_database()"
                + " AND application_name = 'herald' AND wait_event_type = 'Lock'");
    }

    private static Metadata admin() {
        return RawCall.authorization("Bearer " + HeraldFixture.bearer(Role.ADMIN));
    }
}
