package dev.herald.server.rpc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.herald.server.caller.CallerTokens;
import dev.herald.server.caller.Role;
import dev.herald.server.config.Secret;
import dev.herald.server.testing.HeraldFixture;
import dev.herald.server.testing.RawCall;
import dev.herald.server.testing.RawCall.Answer;
import dev.herald.v1.GetNotificationRequest;
import dev.herald.v1.ImportRequest;
import dev.herald.v1.ValidateTokenRequest;
import io.grpc.CallOptions;
import io.grpc.ManagedChannel;
import io.grpc.Metadata;
import io.grpc.Status;
import java.time.Clock;
import java.time.Duration;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Streams of a caller that may make forty calls a second. */
class StreamPaceTest {
    private static final int RATE = 40;
    private static final String VALIDATE_ALL = "herald.v1.TokenService/ValidateTokens";
    private static final String GET = "herald.v1.NotificationService/GetNotification";
    private static final byte[] CHECK =
            ValidateTokenRequest.newBuilder().setToken("x").build().toByteArray();

    private static final CallerTokens CALLERS =
            new CallerTokens(new Secret(HeraldFixture.CALLER_KEY), Clock.systemUTC());

    private static HeraldFixture herald;

    @BeforeAll
    static void start() {
        herald = HeraldFixture.start(Map.of("DELIVERY", "off", "CALLER_RATE_LIMIT", Integer.toString(RATE)));
    }

    @AfterAll
    static void stop() {
        herald.close();
    }

    @Test
    void validateTokens_moreThanTheRate_areSlowedDownAndAllAnswered() {
        long start = System.nanoTime();
        Answer answer =
                RawCall.toItsEnd(herald.channel(), VALIDATE_ALL, as("one"), Collections.nCopies(2 * RATE, CHECK));
        assertThat(answer.code()).isEqualTo(Status.Code.OK);
        assertThat(answer.answers()).hasSize(2 * RATE);
        assertThat(Duration.ofNanos(System.nanoTime() - start)).isGreaterThan(Duration.ofMillis(800));
        assertThat(paced()).isPositive();
    }

    @Test
    void calls_whileAStreamOfTheCallersIsSlowedDown_areServed() {
        ManagedChannel channel = herald.channel();
        double before = paced();
        CompletableFuture<Answer> stream = RawCall.begin(
                channel,
                CallOptions.DEFAULT.withDeadlineAfter(2, TimeUnit.SECONDS),
                VALIDATE_ALL,
                as("two"),
                Collections.nCopies(1_000, CHECK));
        await().until(() -> paced() > before);
        for (int i = 0; i < RATE / 4; i++) {
            assertThat(get(channel, as("two"))).isEqualTo(Status.Code.NOT_FOUND);
        }
        assertThat(stream.join().code()).isEqualTo(Status.Code.DEADLINE_EXCEEDED);
        assertThat(stream.join().answers()).hasSizeBetween(RATE / 2, 4 * RATE);
    }

    @Test
    void validateTokens_manyShortStreams_costOneCallEach() {
        ManagedChannel channel = herald.channel();
        for (int i = 0; i < RATE; i++) {
            assertThat(RawCall.toItsEnd(channel, VALIDATE_ALL, as("three"), List.of(CHECK))
                            .code())
                    .isEqualTo(Status.Code.OK);
        }
    }

    @Test
    void import_ofManyItems_isOneCall() {
        List<byte[]> courses = IntStream.rangeClosed(1, 5 * RATE)
                .mapToObj(id -> ImportRequest.newBuilder()
                        .setCourse(HeraldFixture.course().toBuilder().setCourseId(id))
                        .build()
                        .toByteArray())
                .toList();
        double before = paced();
        assertThat(RawCall.toItsEnd(herald.channel(), "herald.v1.DirectoryService/Import", as("four"), courses)
                        .code())
                .isEqualTo(Status.Code.OK);
        assertThat(paced()).isEqualTo(before);
        assertThat(herald.number("SELECT count(*) FROM courses")).isEqualTo(5 * RATE);
    }

    private static Status.Code get(ManagedChannel channel, Metadata caller) {
        byte[] unknown =
                GetNotificationRequest.newBuilder().setEmailId(4711).build().toByteArray();
        return RawCall.toItsEnd(channel, GET, caller, List.of(unknown)).code();
    }

    private static double paced() {
        return herald.application()
                .telemetry()
                .meters()
                .get("herald.rpc.paced.messages")
                .counter()
                .count();
    }

    private static Metadata as(String subject) {
        return RawCall.authorization("Bearer " + CALLERS.issue(subject, Set.of(Role.ADMIN), Duration.ofMinutes(5)));
    }
}
