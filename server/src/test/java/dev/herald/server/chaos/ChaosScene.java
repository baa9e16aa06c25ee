package dev.herald.server.chaos;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.herald.client.HeraldClient;
import dev.herald.server.caller.Role;
import dev.herald.server.testing.HeraldFixture;
import dev.herald.server.testing.HeraldProcess;
import dev.herald.v1.GenerateForSessionResponse;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.awaitility.core.ConditionTimeoutException;

/**
 * A campus in a database of its own, a relay that can misbehave, and servers as processes; and the count afterwards: nothing
 * lost, nothing stuck, and no more copies than the fault excuses. One PostgreSQL serves all scenes of a run.
 */
final class ChaosScene implements AutoCloseable {
    static final long SESSION = HeraldFixture.SESSION_ID;
    static final int LEASE_SECONDS = 2;

    /** A mail a connection, one of the suspect lane, and 64 accepted ones that aren't written down yet. */
    static final int IN_FLIGHT = 8 + 1 + 64;

    private static ChaosPostgres shared;

    private ChaosPostgres postgres;
    private final String database;
    private final ChaosRelay relay = ChaosRelay.start();
    private final List<HeraldProcess> servers = new ArrayList<>();
    private long faultEnd = System.nanoTime();

    private ChaosScene(ChaosPostgres postgres, String database) {
        this.postgres = postgres;
        this.database = database;
    }

    /** With so many students, whose session begins now. */
    static ChaosScene of(int students) {
        return on(sharedPostgres(), students);
    }

    /** The same on a PostgreSQL of its own. */
    static ChaosScene on(ChaosPostgres postgres, int students) {
        ChaosScene scene = new ChaosScene(postgres, postgres.newDatabase());
        Instant now = Clock.systemUTC().instant();
        scene.update("INSERT INTO courses VALUES (7, 'CS401', 'Compilers')");
        scene.session(SESSION, now);
        scene.students(1, students, "campus.example");
        return scene;
    }

    /** On a database with nothing in it. */
    static ChaosScene empty() {
        ChaosPostgres postgres = sharedPostgres();
        return new ChaosScene(postgres, postgres.newEmptyDatabase());
    }

    static synchronized ChaosPostgres sharedPostgres() {
        if (shared == null) {
            shared = ChaosPostgres.start(newFolder());
        }
        shared.restore();
        return shared;
    }

    /** A folder for a PostgreSQL, under the build's. */
    static Path newFolder() {
        try {
            Path parent = Files.createDirectories(HeraldProcess.root().resolve("server/target/chaos"));
            return Files.createTempDirectory(parent, "postgresql");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    ChaosPostgres postgres() {
        return postgres;
    }

    /** The database is elsewhere from now on. */
    void moveTo(ChaosPostgres other) {
        postgres = other;
    }

    ChaosRelay relay() {
        return relay;
    }

    String url() {
        return postgres.url(database);
    }

    String database() {
        return database;
    }

    /** Students of the session's program, their ids from the first on. */
    void students(long first, int count, String domain) {
        update("INSERT INTO users SELECT id, 'student' || id || '@%s', 'First' || id, 'Last' || id, 'student', true"
                        .formatted(domain)
                + " FROM generate_series(" + first + "::bigint, " + (first + count - 1) + ") AS id");
        update("INSERT INTO student_profiles SELECT id, id, 5, NULL, true" + " FROM generate_series(" + first
                + "::bigint, " + (first + count - 1) + ") AS id");
    }

    /** A further session of the same students. */
    void session(long id, Instant start) {
        update("INSERT INTO sessions VALUES (%d, 7, 5, NULL, '%s', '%s', NULL, NULL)"
                .formatted(id, start, start.plus(Duration.ofHours(2))));
    }

    /** What a server of this scene is started with; later pairs win. */
    Map<String, String> settings(String... pairs) {
        Map<String, String> settings = new HashMap<>(Map.of(
                "DATABASE_URL",
                url(),
                "GRPC_PORT",
                "0",
                "AUTH_JWT_SECRET",
                HeraldFixture.CALLER_KEY,
                "JWT_SECRET_KEY",
                HeraldFixture.SIGNING_KEY,
                "ATTENDANCE_URL",
                "https://attendance.campus.example/mark",
                "DEFAULT_FROM_EMAIL",
                "Attendance <attendance@campus.example>",
                "EMAIL_HOST",
                "127.0.0.1",
                "EMAIL_PORT",
                Integer.toString(relay.port()),
                "EMAIL_USE_TLS",
                "off",
                "DELIVERY_LEASE_SECONDS",
                Integer.toString(LEASE_SECONDS)));
        for (int index = 0; index < pairs.length; index += 2) {
            settings.put(pairs[index], pairs[index + 1]);
        }
        return settings;
    }

    HeraldProcess serve(String... pairs) {
        return keep(HeraldProcess.serve(settings(pairs)));
    }

    /** A server that isn't waited for. */
    HeraldProcess launch(String... pairs) {
        return keep(HeraldProcess.launch(settings(pairs), List.of(), List.of()));
    }

    /** Closes a process together with the scene. */
    HeraldProcess keep(HeraldProcess server) {
        servers.add(server);
        return server;
    }

    GenerateForSessionResponse generate(HeraldProcess server, long session) {
        try (HeraldClient client = client(server)) {
            return client.notifications().generateForSession(session);
        }
    }

    static HeraldClient client(HeraldProcess server) {
        return HeraldClient.builder("127.0.0.1:" + server.port())
                .plaintext()
                .bearerToken(HeraldFixture.bearer(Role.ADMIN))
                .deadline(Duration.ofSeconds(60))
                .build();
    }

    /** Returns when the relay has accepted so many mails, copies counted. */
    void awaitAccepted(int mails) {
        await().atMost(Duration.ofSeconds(60))
                .pollInterval(Duration.ofMillis(1))
                .until(() -> relay.accepted() >= mails);
    }

    /** From here on recovery is measured. */
    void faultEnds() {
        faultEnd = System.nanoTime();
    }

    /** Waits until nothing is to be delivered any more, or the patience ends; the seconds since the fault's end. */
    double awaitWhole(long patienceSeconds) {
        try {
            await().atMost(Duration.ofSeconds(patienceSeconds))
                    .ignoreExceptions()
                    .until(this::isWhole);
        } catch (ConditionTimeoutException e) {
            // The count below says what is stuck.
        }
        return (System.nanoTime() - faultEnd) / 1e9;
    }

    /** Whether nothing is to be delivered any more. */
    boolean isWhole() {
        return number("SELECT count(*) FROM outbox WHERE NOT parked") == 0;
    }

    /** Waits, counts, enters the row and asserts it. */
    void assertWhole(String fault, long allowed, long patienceSeconds) {
        double seconds = awaitWhole(patienceSeconds);
        assertRow(fault, "%", 0, allowed, seconds);
    }

    /**
     * Counts the mails to addresses like the pattern, enters the row and asserts it.
     *
     * @param refused how many of them were to fail, rightly
     */
    void assertRow(String fault, String addresses, long refused, long allowed, double seconds) {
        ChaosCount count = ChaosCount.of(url(), relay, addresses);
        long lost = count.missing() + Math.abs(count.failed() - refused);
        ChaosTable.add(
                new ChaosTable.Row(fault, count.mails(), lost, count.doubled(), allowed, count.pending(), seconds));
        assertThat(lost).as("lost: " + count).isZero();
        assertThat(count.pending()).as("stuck").isZero();
        assertThat(count.doubled()).as("doubled").isLessThanOrEqualTo(allowed);
        assertThat(count.unlike()).as("copies with another link").isZero();
    }

    /** Moves postponed mails' time up, where the full form waits for their minute. */
    void bringForward() {
        update("UPDATE outbox SET due_at = now() WHERE due_at > now()");
    }

    long number(String sql) {
        return ChaosCount.number(url(), sql);
    }

    void update(String sql) {
        ChaosPostgres.execute(url(), sql);
    }

    @Override
    public void close() {
        servers.forEach(HeraldProcess::close);
        relay.close();
    }
}
