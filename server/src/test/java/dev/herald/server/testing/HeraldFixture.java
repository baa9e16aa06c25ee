package dev.herald.server.testing;

import com.google.protobuf.Timestamp;
import dev.herald.client.HeraldClient;
import dev.herald.server.AppConfig;
import dev.herald.server.Application;
import dev.herald.server.caller.CallerTokens;
import dev.herald.server.caller.Role;
import dev.herald.server.config.Secret;
import dev.herald.server.config.Settings;
import dev.herald.server.rpc.ConnectionTimes;
import dev.herald.server.rpc.ProtoTimes;
import dev.herald.server.rpc.RpcConfig;
import dev.herald.v1.Course;
import dev.herald.v1.Session;
import dev.herald.v1.SessionDelivery;
import dev.herald.v1.Student;
import dev.herald.v1.SystemServiceGrpc;
import dev.herald.v1.SystemServiceGrpc.SystemServiceBlockingStub;
import dev.herald.v1.User;
import io.grpc.ManagedChannel;
import io.grpc.Metadata;
import io.grpc.TlsChannelCredentials;
import io.grpc.netty.shaded.io.grpc.netty.NettyChannelBuilder;
import io.grpc.stub.MetadataUtils;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.UnaryOperator;

/**
 * A whole server under test: real PostgreSQL, a scripted relay, real interceptors, and clients for each role. Time is the
 * clock's, which a test can move.
 */
public final class HeraldFixture implements AutoCloseable {
    public static final String SIGNING_KEY = "a-signing-key-of-tests-0123456789abcdef";
    public static final String CALLER_KEY = "a-key-of-callers-in-tests-0123456789abcdef";
    public static final long SESSION_ID = 70;
    public static final long COURSE_ID = 7;
    public static final long PROGRAM_ID = 5;
    /** So often do its servers look at the files of secrets. */
    private static final Duration FILE_LOOKS = Duration.ofMillis(100);

    private final String url;
    private final ScriptedSmtpServer relay;
    private final SettableClock clock;
    private final Application application;
    private final boolean first;
    private final List<AutoCloseable> opened = new CopyOnWriteArrayList<>();

    private HeraldFixture(
            boolean first,
            String url,
            ScriptedSmtpServer relay,
            SettableClock clock,
            Map<String, String> settings,
            UnaryOperator<RpcConfig> rpc) {
        this.first = first;
        this.url = url;
        this.relay = relay;
        this.clock = clock;
        AppConfig config = AppConfig.from(Settings.of(settings(url, relay, settings), Map.of()));
        this.application = Application.start(config.with(rpc.apply(config.rpc()), FILE_LOOKS), clock);
    }

    /** A server on a new database, with further settings or others than usual. */
    public static HeraldFixture start(Map<String, String> settings) {
        return on(TestDatabase.newDatabase(), settings);
    }

    public static HeraldFixture start() {
        return start(Map.of());
    }

    /** A server on a database of the test's own. */
    public static HeraldFixture on(String url, Map<String, String> settings) {
        return new HeraldFixture(
                true, url, ScriptedSmtpServer.start(), new SettableClock(), settings, UnaryOperator.identity());
    }

    /** Another server on the same database, with the same relay and clock. */
    public HeraldFixture another(Map<String, String> settings) {
        return new HeraldFixture(false, url, relay, clock, settings, UnaryOperator.identity());
    }

    /** Another that is less patient with silent connections. */
    public HeraldFixture another(Map<String, String> settings, ConnectionTimes times) {
        return new HeraldFixture(false, url, relay, clock, settings, usual -> usual.with(times));
    }

    public ScriptedSmtpServer relay() {
        return relay;
    }

    public SettableClock clock() {
        return clock;
    }

    public String url() {
        return url;
    }

    public Application application() {
        return application;
    }

    public int port() {
        return application.port();
    }

    public HeraldClient client(Role role) {
        HeraldClient client = HeraldClient.builder("127.0.0.1:" + application.port())
                .plaintext()
                .bearerToken(bearer(role))
                .deadline(Duration.ofSeconds(30))
                .validationDeadline(Duration.ofSeconds(10))
                .build();
        opened.add(client);
        return client;
    }

    public HeraldClient admin() {
        return client(Role.ADMIN);
    }

    public static String bearer(Role role) {
        return new CallerTokens(new Secret(CALLER_KEY), Clock.systemUTC())
                .issue("test", Set.of(role), Duration.ofHours(1));
    }

    /** The system service, as a caller with this role. */
    public SystemServiceBlockingStub system(Role role) {
        Metadata headers = new Metadata();
        headers.put(Metadata.Key.of("authorization", Metadata.ASCII_STRING_MARSHALLER), "Bearer " + bearer(role));
        return SystemServiceGrpc.newBlockingStub(channel())
                .withInterceptors(MetadataUtils.newAttachHeadersInterceptor(headers));
    }

    /** A channel without anything of ours in it. */
    public ManagedChannel channel() {
        ManagedChannel channel = NettyChannelBuilder.forAddress("127.0.0.1", application.port())
                .usePlaintext()
                .maxInboundMetadataSize(1 << 16)
                .build();
        opened.add(channel::shutdownNow);
        return channel;
    }

    /** One over TLS that trusts an authority, and shows a certificate where one is given. */
    public ManagedChannel channel(TestAuthority trusted, TestAuthority.Identity... own) {
        return channel(trusted.certificate(), own);
    }

    /** One that trusts every authority of a file. */
    public ManagedChannel channel(Path trusted, TestAuthority.Identity... own) {
        try {
            TlsChannelCredentials.Builder credentials =
                    TlsChannelCredentials.newBuilder().trustManager(trusted.toFile());
            for (TestAuthority.Identity identity : own) {
                credentials.keyManager(identity.chain().toFile(), identity.key().toFile());
            }
            ManagedChannel channel = NettyChannelBuilder.forAddress(
                            "127.0.0.1", application.port(), credentials.build())
                    .build();
            opened.add(channel::shutdownNow);
            return channel;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** A course, a session that starts now and lasts an hour, and active students with ids from 1. */
    public void loadCampus(int students) {
        loadCampus(students, clock.instant(), clock.instant().plus(Duration.ofHours(1)));
    }

    /** The same with other times. */
    public void loadCampus(int students, Instant start, Instant end) {
        try (HeraldClient client = newClient(Role.SESSION)) {
            client.directory().upsertCourses(List.of(course()));
            client.directory().upsertSessions(List.of(session(SESSION_ID, start, end)));
        }
        insertStudents(1, students);
    }

    /** Students as rows, faster than by calls. */
    public void insertStudents(long firstId, int count) {
        TestDatabase.insertStudents(url, firstId, count, PROGRAM_ID);
    }

    public static Course course() {
        return Course.newBuilder()
                .setCourseId(COURSE_ID)
                .setCourseCode("CS401")
                .setCourseName("Compilers")
                .build();
    }

    public static Session session(long id, Instant start, Instant end) {
        return Session.newBuilder()
                .setSessionId(id)
                .setCourseId(COURSE_ID)
                .setProgramId(PROGRAM_ID)
                .setTimeCreated(timestamp(start))
                .setTimeEnded(timestamp(end))
                .setTimeZone("Asia/Kolkata")
                .build();
    }

    public static User user(long id, String email) {
        return User.newBuilder()
                .setUserId(id)
                .setEmail(email)
                .setFirstName("Asha")
                .setLastName("Rao")
                .setUserType("student")
                .build();
    }

    public static Student student(long id) {
        return Student.newBuilder()
                .setStudentProfileId(id)
                .setUserId(id)
                .setProgramId(PROGRAM_ID)
                .build();
    }

    public static Timestamp timestamp(Instant instant) {
        return ProtoTimes.timestamp(instant);
    }

    /** Follows a session until nothing is pending; its last state. */
    public SessionDelivery awaitDelivery(long sessionId) {
        SessionDelivery last = SessionDelivery.getDefaultInstance();
        try (HeraldClient client = newClient(Role.READER);
                var states = client.notifications().watchSessionDelivery(sessionId)) {
            while (states.hasNext()) {
                last = states.next();
            }
        }
        return last;
    }

    /** One number a query gives. */
    public long number(String sql) {
        return TestDatabase.number(url, sql);
    }

    /** The numbers of a query's first column. */
    public long[] numbers(String sql) {
        return TestDatabase.numbers(url, sql);
    }

    public int update(String sql) {
        return TestDatabase.update(url, sql);
    }

    @Override
    public void close() {
        for (AutoCloseable one : opened) {
            try {
                one.close();
            } catch (Exception e) {
                throw new AssertionError(e);
            }
        }
        if (application.rpc().isServing()) {
            application.telemetry().port().ifPresent(LeakWatch::hearMetrics);
        }
        application.close();
        if (first) {
            relay.close();
        }
    }

    private HeraldClient newClient(Role role) {
        return HeraldClient.builder("127.0.0.1:" + application.port())
                .plaintext()
                .bearerToken(bearer(role))
                .deadline(Duration.ofMinutes(2))
                .build();
    }

    private static Map<String, String> settings(String url, ScriptedSmtpServer relay, Map<String, String> others) {
        Map<String, String> settings = new HashMap<>(HeraldProcess.settings(url, relay));
        settings.putAll(HeardSpans.SETTINGS);
        settings.putAll(others);
        return settings;
    }
}
