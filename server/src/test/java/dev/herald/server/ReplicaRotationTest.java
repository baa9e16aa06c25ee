package dev.herald.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.auth0.jwt.JWT;
import dev.herald.client.HeraldClient;
import dev.herald.server.config.Secret;
import dev.herald.server.testing.HeraldFixture;
import dev.herald.server.testing.Link;
import dev.herald.server.testing.Load;
import dev.herald.server.testing.SecretFiles;
import dev.herald.server.token.KeyRing;
import dev.herald.server.token.TokenConfig;
import dev.herald.server.token.TokenIssuer;
import dev.herald.v1.Freshness;
import dev.herald.v1.TokenReason;
import dev.herald.v1.ValidateTokenResponse;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Links' keys change on two servers over one database, one server after the other. */
class ReplicaRotationTest {
    private static final String OLD = HeraldFixture.SIGNING_KEY;
    private static final String NEW = "a-newer-signing-key-of-tests-0123456789abcdef";
    private static final int STUDENTS = 5;

    @TempDir
    Path folder;

    private final AtomicInteger sessions = new AtomicInteger();
    private Replica one;
    private Replica two;

    /** A server with key files of its own. */
    private record Replica(SecretFiles files, HeraldFixture herald, HeraldClient client) {
        static Replica with(SecretFiles files, HeraldFixture herald) {
            return new Replica(files, herald, herald.admin());
        }

        static Map<String, String> settings(SecretFiles files) {
            files.write("key", OLD);
            files.write("previous", "");
            return Map.of(
                    "JWT_SECRET_KEY_FILE", files.name("key"), "JWT_PREVIOUS_SECRET_KEYS_FILE", files.name("previous"));
        }

        String newLink() {
            return client.tokens()
                    .generate(1, 20_000, herald.clock().instant().plusSeconds(1_800))
                    .getToken();
        }

        TokenReason reason(String link) {
            return client.tokens().validate(link, Freshness.FRESHNESS_CACHED).getReason();
        }

        boolean knows(String key) {
            return reason(linkOf(key)) != TokenReason.TOKEN_REASON_UNKNOWN_KEY;
        }

        boolean signsWith(String key) {
            return JWT.decode(newLink()).getKeyId().equals(kid(key));
        }

        void assertAccepts(String link) {
            for (Freshness freshness : List.of(Freshness.FRESHNESS_CACHED, Freshness.FRESHNESS_STRICT)) {
                ValidateTokenResponse answer = client.tokens().validate(link, freshness);
                assertThat(answer.getValid()).as(answer.getReason().name()).isTrue();
            }
        }
    }

    @BeforeEach
    void start() throws IOException {
        SecretFiles filesOfOne = new SecretFiles(Files.createDirectory(folder.resolve("one")));
        SecretFiles filesOfTwo = new SecretFiles(Files.createDirectory(folder.resolve("two")));
        one = Replica.with(filesOfOne, HeraldFixture.start(Replica.settings(filesOfOne)));
        two = Replica.with(filesOfTwo, one.herald.another(Replica.settings(filesOfTwo)));
        one.herald.update("INSERT INTO courses VALUES (7, 'CS401', 'Compilers')");
        one.herald.update("INSERT INTO sessions (session_id, course_id, program_id, time_created, time_ended)"
                + " SELECT id, 7, 5, now(), now() + interval '1 hour' FROM generate_series(1, 20000) AS id");
        one.herald.insertStudents(1, STUDENTS);
    }

    @AfterEach
    void stop() {
        two.herald.close();
        one.herald.close();
    }

    /** The three steps of docs/operations.md. */
    @Test
    void rotate_oneServerAfterTheOther_failsNoCallAndNoMail() {
        Load load = Load.of(
                () -> two.assertAccepts(one.newLink()),
                () -> one.assertAccepts(two.newLink()),
                () -> generate(one),
                () -> generate(two));
        load.awaitTurn();
        inTurn(replica -> {
            replica.files.write("previous", NEW);
            await().until(() -> replica.knows(NEW));
            load.awaitTurn();
        });
        inTurn(replica -> {
            replica.files.write("previous", NEW + "\n" + OLD);
            replica.files.write("key", NEW);
            await().until(() -> replica.signsWith(NEW));
            load.awaitTurn();
        });
        await().until(() -> waitingWith(OLD) == 0);
        inTurn(replica -> {
            replica.files.write("previous", "");
            await().until(() -> !replica.knows(OLD));
            load.awaitTurn();
        });
        assertThat(load.stop()).as("calls that failed").isEmpty();
        assertEveryMailArrivedWithALinkOfAKeyOfItsTime();
    }

    /** Why the first step is there. */
    @Test
    void rotate_toAKeyTheOtherServerDoesNotKnow_isAnUnknownKeyThere() {
        one.files.write("key", NEW);
        await().until(() -> one.signsWith(NEW));
        String link = one.newLink();
        assertThat(two.reason(link)).isEqualTo(TokenReason.TOKEN_REASON_UNKNOWN_KEY);
        two.files.write("previous", NEW);
        await().until(() -> two.knows(NEW));
        two.assertAccepts(link);
    }

    private void inTurn(Consumer<Replica> step) {
        Stream.of(one, two).forEach(step);
    }

    private void assertEveryMailArrivedWithALinkOfAKeyOfItsTime() {
        long made = (long) sessions.get() * STUDENTS;
        await().until(() ->
                one.herald.number("SELECT count(*) FROM email_notifications WHERE status = 'sent'") == made);
        List<String> links =
                one.herald.relay().mails().stream().map(Link::tokenIn).toList();
        assertThat(links).hasSize(Math.toIntExact(made)).doesNotHaveDuplicates();
        Map<Boolean, List<String>> byAge = links.stream()
                .collect(Collectors.partitioningBy(
                        link -> JWT.decode(link).getKeyId().equals(kid(OLD))));
        assertThat(byAge.get(true))
                .isNotEmpty()
                .allSatisfy(link -> assertThat(one.reason(link)).isEqualTo(TokenReason.TOKEN_REASON_UNKNOWN_KEY));
        assertThat(byAge.get(false))
                .isNotEmpty()
                .allSatisfy(link -> assertThat(two.reason(link)).isEqualTo(TokenReason.TOKEN_REASON_UNSPECIFIED));
    }

    /** One more session, when the mail of those before is nearly out. */
    private void generate(Replica replica) {
        int session = sessions.incrementAndGet();
        assertThat(replica.client.notifications().generateForSession(session).getNotificationsCreated())
                .isEqualTo(STUDENTS);
        await().pollInterval(Duration.ofMillis(5))
                .until(() -> one.herald.relay().accepted() > (session - 4) * STUDENTS);
    }

    private long waitingWith(String key) {
        return one.herald.number("SELECT count(*) FROM email_notifications WHERE status = 'pending' AND token LIKE '"
                + headerOf(key) + ".%'");
    }

    private static String headerOf(String key) {
        String link = linkOf(key);
        return link.substring(0, link.indexOf('.'));
    }

    /** Signed as a server with this key would. */
    private static String linkOf(String key) {
        TokenIssuer issuer = new TokenIssuer(ring(key));
        Instant now = Instant.now();
        return issuer.sign(issuer.issue(1, 20_000, now, now.plusSeconds(600)).signingInput())
                .orElseThrow();
    }

    private static String kid(String key) {
        return ring(key).currentKid();
    }

    private static KeyRing ring(String key) {
        return KeyRing.of(new TokenConfig(new Secret(key), List.of()));
    }
}
