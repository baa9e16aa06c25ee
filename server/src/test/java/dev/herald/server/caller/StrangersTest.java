package dev.herald.server.caller;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.google.protobuf.util.Durations;
import dev.herald.server.config.Secret;
import dev.herald.server.rpc.Refusals;
import dev.herald.server.testing.HeraldFixture;
import dev.herald.server.testing.RawCall;
import dev.herald.server.testing.RawCall.Answer;
import dev.herald.v1.GetNotificationRequest;
import io.grpc.CallOptions;
import io.grpc.ManagedChannel;
import io.grpc.Metadata;
import io.grpc.Status;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.function.IntFunction;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Who shows tokens that are nobody's, again and again. */
class StrangersTest {
    private static final String GET = "herald.v1.NotificationService/GetNotification";
    private static final byte[] UNKNOWN =
            GetNotificationRequest.newBuilder().setEmailId(4711).build().toByteArray();
    private static final int MANY = 4 * StrangerLimits.AT_ONCE;

    private HeraldFixture herald;
    private ManagedChannel channel;

    @BeforeEach
    void start() {
        herald = HeraldFixture.start(Map.of("DELIVERY", "off"));
        channel = herald.channel();
    }

    @AfterEach
    void stop() {
        herald.close();
    }

    @Test
    void tokens_manyThatAreNobodys_areNoLongerLookedAtWhileKnownCallersGoOn() {
        String known = token("door");
        assertThat(get(known).code()).isEqualTo(Status.Code.NOT_FOUND);
        List<Answer> answers = show(i -> "a.b." + i);
        assertThat(answers)
                .extracting(Answer::code)
                .contains(Status.Code.UNAUTHENTICATED)
                .isSubsetOf(Status.Code.UNAUTHENTICATED, Status.Code.RESOURCE_EXHAUSTED);
        assertThat(answers)
                .filteredOn(answer -> answer.code() == Status.Code.RESOURCE_EXHAUSTED)
                .hasSizeGreaterThan(StrangerLimits.AT_ONCE)
                .allSatisfy(answer -> {
                    assertThat(answer.reason()).isEqualTo("RATE_LIMITED");
                    assertThat(answer.errorInfo().orElseThrow().getMetadataMap())
                            .containsExactly(Map.entry("limit", "stranger"));
                    assertThat(Durations.toMillis(
                                    answer.retryInfo().orElseThrow().getRetryDelay()))
                            .isBetween(1L, 1_000L);
                });
        assertThat(refusals().count("RATE_LIMITED_STRANGER"))
                .isEqualTo(answers.stream()
                        .filter(answer -> answer.code() == Status.Code.RESOURCE_EXHAUSTED)
                        .count());
        assertThat(get(known).code()).isEqualTo(Status.Code.NOT_FOUND);
        assertThat(RawCall.toItsEnd(channel, GET, new Metadata(), List.of(UNKNOWN))
                        .code())
                .isEqualTo(Status.Code.UNAUTHENTICATED);
        String newcomer = token("newcomer");
        await().until(() -> get(newcomer).code() == Status.Code.NOT_FOUND);
    }

    /** Somebody whose token has expired, and who doesn't notice. */
    @Test
    void tokens_theSameOneAgainAndAgain_keepNobodyElseOut() {
        assertThat(show(i -> "one.that.expired-" + "s".repeat(43)))
                .extracting(Answer::code)
                .containsOnly(Status.Code.UNAUTHENTICATED);
        assertThat(get(token("newcomer")).code()).isEqualTo(Status.Code.NOT_FOUND);
        assertThat(refusals().count("UNAUTHENTICATED_CALLER")).isEqualTo(MANY);
    }

    private List<Answer> show(IntFunction<String> token) {
        return IntStream.range(0, MANY)
                .mapToObj(
                        i -> RawCall.begin(channel, CallOptions.DEFAULT, GET, bearer(token.apply(i)), List.of(UNKNOWN)))
                .toList()
                .stream()
                .map(CompletableFuture::join)
                .toList();
    }

    private Answer get(String token) {
        return RawCall.toItsEnd(channel, GET, bearer(token), List.of(UNKNOWN));
    }

    private static String token(String subject) {
        return new CallerTokens(new Secret(HeraldFixture.CALLER_KEY), Clock.systemUTC())
                .issue(subject, Set.of(Role.ADMIN), Duration.ofMinutes(5));
    }

    private Refusals refusals() {
        return herald.application().rpc().refusals();
    }

    private static Metadata bearer(String token) {
        return RawCall.authorization("Bearer " + token);
    }
}
