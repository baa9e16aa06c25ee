package dev.herald.server.caller;

import static dev.herald.server.caller.TestJwk.jwk;
import static dev.herald.server.caller.TestJwk.set;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.auth0.jwt.JWT;
import com.auth0.jwt.algorithms.Algorithm;
import com.google.protobuf.util.Durations;
import dev.herald.server.config.Secret;
import dev.herald.server.rpc.Refusals;
import dev.herald.server.testing.HeraldFixture;
import dev.herald.server.testing.RawCall;
import dev.herald.server.testing.RawCall.Answer;
import dev.herald.server.testing.SecretFiles;
import dev.herald.v1.GetNotificationRequest;
import io.grpc.CallOptions;
import io.grpc.ManagedChannel;
import io.grpc.Metadata;
import io.grpc.Status;
import java.nio.file.Path;
import java.security.KeyPair;
import java.security.interfaces.ECPrivateKey;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.function.IntFunction;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Who shows tokens that are nobody's, again and again. */
class StrangersTest {
    private static final String GET = "herald.v1.NotificationService/GetNotification";
    private static final byte[] UNKNOWN =
            GetNotificationRequest.newBuilder().setEmailId(4711).build().toByteArray();
    private static final String KID = "ec";
    private static final KeyPair PAIR = TestJwk.ec("secp256r1");
    private static final KeyPair STRANGERS = TestJwk.ec("secp256r1");
    private static final int MANY = 4 * StrangerLimits.AT_ONCE;

    @TempDir
    Path folder;

    private SecretFiles files;
    private HeraldFixture herald;
    private ManagedChannel channel;

    @BeforeEach
    void start() {
        files = new SecretFiles(folder);
        files.write("callers", set(jwk(KID, PAIR, "P-256")));
        herald = HeraldFixture.start(Map.of("DELIVERY", "off", "AUTH_JWKS_FILE", files.name("callers")));
        channel = herald.channel();
    }

    @AfterEach
    void stop() {
        herald.close();
    }

    @Test
    void tokens_manyThatAnEcKeyFindsToBeNobodys_areNoLongerVerifiedWhileKnownCallersGoOn() {
        awaitChangeOfKeys();
        String known = signed("door", PAIR);
        assertThat(get(known).code()).isEqualTo(Status.Code.NOT_FOUND);
        List<Answer> answers = show(MANY, i -> signed("stranger" + i, STRANGERS));
        assertThat(answers)
                .extracting(Answer::code)
                .contains(Status.Code.UNAUTHENTICATED)
                .isSubsetOf(Status.Code.UNAUTHENTICATED, Status.Code.RESOURCE_EXHAUSTED);
        List<Answer> limited = answers.stream()
                .filter(answer -> answer.code() == Status.Code.RESOURCE_EXHAUSTED)
                .toList();
        assertThat(limited)
                .hasSizeGreaterThan(StrangerLimits.AT_ONCE)
                .allSatisfy(StrangersTest::assertTellsHowLongToWait);
        assertThat(refusals().count("RATE_LIMITED_STRANGER")).isEqualTo(limited.size());
        assertThat(get(known).code()).isEqualTo(Status.Code.NOT_FOUND);
        assertThat(RawCall.toItsEnd(channel, GET, new Metadata(), List.of(UNKNOWN))
                        .code())
                .isEqualTo(Status.Code.UNAUTHENTICATED);
        String newcomer = signed("newcomer", PAIR);
        await().until(() -> get(newcomer).code() == Status.Code.NOT_FOUND);
    }

    /** The files are taken up once more soon after the start, and what was known by then is not any more. */
    private void awaitChangeOfKeys() {
        files.write("callers", set(jwk(KID, PAIR, "P-256"), jwk("later", PAIR, "P-256")));
        String later = signed("later", "door", PAIR);
        await().until(() -> get(later).code() == Status.Code.NOT_FOUND);
    }

    private static void assertTellsHowLongToWait(Answer answer) {
        assertThat(answer.reason()).isEqualTo("RATE_LIMITED");
        assertThat(answer.errorInfo().orElseThrow().getMetadataMap()).containsExactly(Map.entry("limit", "stranger"));
        assertThat(Durations.toMillis(answer.retryInfo().orElseThrow().getRetryDelay()))
                .isBetween(1L, 1_000L);
    }

    /** What verifying costs least is never saved at an honest caller's cost. */
    @Test
    void tokens_manyThatAreNobodys_keepNobodyOutWhoseTokenTheSharedKeyDecides() {
        List<CompletableFuture<Answer>> strangers = begin(MANY, i -> signed("stranger" + i, STRANGERS));
        assertThat(show(StrangerLimits.AT_ONCE, i -> shared("newcomer" + i)))
                .extracting(Answer::code)
                .containsOnly(Status.Code.NOT_FOUND);
        assertThat(strangers.stream().map(CompletableFuture::join))
                .extracting(Answer::code)
                .contains(Status.Code.RESOURCE_EXHAUSTED);
    }

    @Test
    void tokens_manyThatTheSharedKeyFindsToBeNobodys_areCountedAgainstNobody() {
        assertThat(show(MANY, i -> "a.b." + i)).extracting(Answer::code).containsOnly(Status.Code.UNAUTHENTICATED);
        String forged = shared("door").replaceAll("[^.]*$", "");
        assertThat(show(MANY, i -> forged + "s".repeat(39) + (1_000 + i)))
                .extracting(Answer::code)
                .containsOnly(Status.Code.UNAUTHENTICATED);
        assertThat(get(signed("newcomer", PAIR)).code()).isEqualTo(Status.Code.NOT_FOUND);
    }

    /** Somebody whose token has expired, and who doesn't notice. */
    @Test
    void tokens_theSameOneAgainAndAgain_keepNobodyElseOut() {
        String expired = signed("door", STRANGERS);
        assertThat(show(MANY, i -> expired)).extracting(Answer::code).containsOnly(Status.Code.UNAUTHENTICATED);
        assertThat(get(signed("newcomer", PAIR)).code()).isEqualTo(Status.Code.NOT_FOUND);
        assertThat(refusals().count("UNAUTHENTICATED_CALLER")).isEqualTo(MANY);
    }

    private List<Answer> show(int count, IntFunction<String> token) {
        return begin(count, token).stream().map(CompletableFuture::join).toList();
    }

    private List<CompletableFuture<Answer>> begin(int count, IntFunction<String> token) {
        return IntStream.range(0, count)
                .mapToObj(
                        i -> RawCall.begin(channel, CallOptions.DEFAULT, GET, bearer(token.apply(i)), List.of(UNKNOWN)))
                .toList();
    }

    private Answer get(String token) {
        return RawCall.toItsEnd(channel, GET, bearer(token), List.of(UNKNOWN));
    }

    private static String signed(String subject, KeyPair pair) {
        return signed(KID, subject, pair);
    }

    private static String signed(String kid, String subject, KeyPair pair) {
        return JWT.create()
                .withKeyId(kid)
                .withSubject(subject)
                .withAudience("herald")
                .withClaim("roles", List.of("admin"))
                .withExpiresAt(Instant.now().plusSeconds(300))
                .sign(Algorithm.ECDSA256(null, (ECPrivateKey) pair.getPrivate()));
    }

    private static String shared(String subject) {
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
