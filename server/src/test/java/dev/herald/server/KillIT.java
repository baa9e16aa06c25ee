package dev.herald.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.herald.client.HeraldClient;
import dev.herald.server.rpc.Role;
import dev.herald.server.testing.HeraldFixture;
import dev.herald.server.testing.HeraldProcess;
import dev.herald.server.testing.Link;
import dev.herald.server.testing.ScriptedSmtpServer;
import dev.herald.server.testing.ScriptedSmtpServer.Received;
import dev.herald.server.testing.ScriptedSmtpServer.Stage;
import dev.herald.server.testing.TestDatabase;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A real process is killed amid delivery, again and again. */
class KillIT {
    private static final Logger log = LoggerFactory.getLogger(KillIT.class);
    private static final int STUDENTS = 1_000;
    private static final int KILLS = 3;
    private static final int CONNECTIONS = 8;
    private static final int SUSPECT_CONNECTION = 1;
    private static final int MOST_UNWRITTEN_RESULTS = 64;

    private final String database = TestDatabase.newDatabase();
    private final ScriptedSmtpServer relay = ScriptedSmtpServer.start();
    private final Random random = new Random();
    private HeraldProcess server;

    @BeforeEach
    void start() {
        relay.reply(Stage.DOT, to -> {
            LockSupport.parkNanos(Duration.ofMillis(2).toNanos());
            return null;
        });
        insertCampus();
        server = serve();
    }

    @AfterEach
    void stop() {
        server.close();
        relay.close();
    }

    @Test
    void kill_severalTimesAmidDelivery_everyMailArrivesAndOnlyThoseInFlightTwice() {
        generate();
        List<Integer> killedAt = new ArrayList<>();
        for (int kill = 1; kill <= KILLS; kill++) {
            killedAt.add(killAt(250 * kill - 100 + random.nextInt(200)));
            server = serve();
        }
        await().atMost(Duration.ofSeconds(60)).until(() -> count("outbox") == 0);
        assertThat(count("email_notifications WHERE status = 'sent'")).isEqualTo(STUDENTS);
        Map<String, List<Received>> copies = relay.mails().stream().collect(Collectors.groupingBy(Received::to));
        assertThat(copies).hasSize(STUDENTS);
        int duplicates = relay.mails().size() - STUDENTS;
        assertThat(duplicates).isLessThanOrEqualTo(KILLS * (CONNECTIONS + SUSPECT_CONNECTION + MOST_UNWRITTEN_RESULTS));
        assertThat(copies.values()).allSatisfy(KillIT::assertCopies);
        log.info("{} mails, killed after {}: all arrived, {} twice", STUDENTS, killedAt, duplicates);
    }

    private static void assertCopies(List<Received> copies) {
        assertThat(copies.stream().map(Received::messageId).distinct()).hasSize(1);
        assertThat(copies.stream().map(Link::in).distinct()).hasSize(1);
    }

    private int killAt(int accepted) {
        await().atMost(Duration.ofSeconds(30))
                .pollInterval(Duration.ofMillis(1))
                .until(() -> relay.accepted() >= Math.min(accepted, STUDENTS - 1));
        server.kill();
        log.info("killed after {} mails", relay.accepted());
        return relay.accepted();
    }

    private HeraldProcess serve() {
        Map<String, String> settings = new HashMap<>(HeraldProcess.settings(database, relay));
        settings.put("DELIVERY_LEASE_SECONDS", "2");
        settings.put("SMTP_CONNECTIONS", Integer.toString(CONNECTIONS));
        return HeraldProcess.serve(settings);
    }

    private void generate() {
        try (HeraldClient client = HeraldClient.builder("127.0.0.1:" + server.port())
                .plaintext()
                .bearerToken(HeraldFixture.bearer(Role.SESSION))
                .build()) {
            client.notifications().generateForSession(HeraldFixture.SESSION_ID);
        }
    }

    private void insertCampus() {
        Instant now = Clock.systemUTC().instant();
        update("INSERT INTO courses VALUES (7, 'CS401', 'Compilers')");
        update("INSERT INTO sessions VALUES (%d, 7, 5, NULL, '%s', '%s', NULL, NULL)"
                .formatted(HeraldFixture.SESSION_ID, now, now.plus(Duration.ofHours(1))));
        update("INSERT INTO users SELECT id, 'student' || id || '@campus.example', 'Asha', 'Rao', 'student', true"
                + " FROM generate_series(1, " + STUDENTS + ") AS id");
        update("INSERT INTO student_profiles SELECT user_id, user_id, 5, NULL, true FROM users");
    }

    private long count(String what) {
        return TestDatabase.number(database, "SELECT count(*) FROM " + what);
    }

    private void update(String sql) {
        TestDatabase.update(database, sql);
    }
}
