package dev.herald.server.cli.demo;

import com.google.errorprone.annotations.FormatMethod;
import dev.herald.client.HeraldClient;
import dev.herald.client.ResponseStream;
import dev.herald.server.AppConfig;
import dev.herald.server.Application;
import dev.herald.server.caller.CallerTokens;
import dev.herald.server.caller.Role;
import dev.herald.server.config.Secret;
import dev.herald.server.config.Settings;
import dev.herald.v1.GenerateForSessionResponse;
import dev.herald.v1.RetryFailedNotificationsResponse;
import dev.herald.v1.SessionDelivery;
import dev.herald.v1.ValidateTokenResponse;
import jakarta.mail.BodyPart;
import jakarta.mail.MessagingException;
import jakarta.mail.internet.MimeMessage;
import jakarta.mail.internet.MimeMultipart;
import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.Duration;
import java.util.Base64;
import java.util.Comparator;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * Shows Herald at work on a machine that has nothing but a JDK: an embedded PostgreSQL, a local mail catcher, a server with real
 * credentials, and the three journeys through the client stub.
 */
public final class Demo implements AutoCloseable {
    private static final int REFUSED_STUDENT = 7;
    private static final Pattern TOKEN = Pattern.compile("[?&]token=(?<token>[A-Za-z0-9._-]+)");

    private final PrintWriter out;
    private final Path mails;
    private final Path data;
    private final CallerTokens callerTokens;
    private final MailCatcher catcher;
    private final Application application;

    private Demo(PrintWriter out, Path folder, int port) throws IOException {
        this.out = out;
        this.mails = folder.resolve("mails");
        this.data = folder.resolve("data");
        Secret callerKey = new Secret(newKey());
        this.callerTokens = new CallerTokens(callerKey, Clock.systemUTC());
        this.catcher = MailCatcher.start(mails);
        this.application = Application.start(config(port, callerKey), Clock.systemUTC());
    }

    /**
     * Starts PostgreSQL, catcher and server.
     *
     * @param folder where mails and database go
     * @param port of the server; 0 takes a free one
     */
    public static Demo start(PrintWriter out, Path folder, int port) throws IOException {
        out.println("starting PostgreSQL, a mail catcher and the server in " + folder);
        out.flush();
        return new Demo(out, folder, port);
    }

    /** Runs the journeys, and prints what happened; whether everything went as it should. */
    public boolean run() throws IOException {
        try (HeraldClient session = client(Role.SESSION);
                HeraldClient attendance = client(Role.ATTENDANCE);
                HeraldClient admin = client(Role.ADMIN)) {
            loadCampus(session);
            catcher.refuse(SampleCampus.addressOf(REFUSED_STUDENT));
            GenerateForSessionResponse generated = session.notifications().generateForSession(SampleCampus.SESSION_ID);
            say("generated %d mails for session %d", generated.getNotificationsCreated(), SampleCampus.SESSION_ID);
            SessionDelivery first = awaitDelivery(session);
            say("delivered %d, failed %d: the mailbox of one student is refused", first.getSent(), first.getFailed());
            ValidateTokenResponse verdict = attendance.tokens().validate(anyToken());
            say("a student opens the link: valid=%s, student %d", verdict.getValid(), verdict.getStudentProfileId());
            showFailed(admin, first);
            catcher.accept(SampleCampus.addressOf(REFUSED_STUDENT));
            RetryFailedNotificationsResponse retried = admin.notifications().retryFailed(first.getFailedEmailIdsList());
            SessionDelivery last = awaitDelivery(session);
            return summary(generated, last, retried, verdict);
        }
    }

    /** What a person can do with a demo that stays. */
    public void tellHowToCall() {
        say("");
        say("the server stays on port %d; end it with Ctrl-C. Call it, for example with", application.port());
        say(
                "grpcurl -plaintext -H 'authorization: Bearer %s' -d '{\"session_id\": 1}' localhost:%d"
                        + " herald.v1.NotificationService/GetSessionDelivery",
                bearer(Role.ADMIN), application.port());
    }

    /** Stops everything and throws the database away; the mails stay, to be looked at. */
    @Override
    public void close() {
        application.close();
        catcher.close();
        try (Stream<Path> files = Files.walk(data)) {
            files.sorted(Comparator.reverseOrder()).map(Path::toFile).forEach(File::delete);
        } catch (IOException e) {
            say("could not delete %s: %s", data, String.valueOf(e.getMessage()));
        }
    }

    private void loadCampus(HeraldClient client) {
        client.directory().upsertCourses(java.util.List.of(SampleCampus.course()));
        client.directory().upsertUsers(SampleCampus.users());
        client.directory().upsertStudents(SampleCampus.students());
        client.directory()
                .upsertSessions(
                        java.util.List.of(SampleCampus.session(Clock.systemUTC().instant())));
        say("loaded a campus of %d students", SampleCampus.STUDENTS);
    }

    private static SessionDelivery awaitDelivery(HeraldClient client) {
        SessionDelivery last = SessionDelivery.getDefaultInstance();
        try (ResponseStream<SessionDelivery> states =
                client.notifications().watchSessionDelivery(SampleCampus.SESSION_ID)) {
            while (states.hasNext()) {
                last = states.next();
            }
        }
        return last;
    }

    private void showFailed(HeraldClient client, SessionDelivery delivery) {
        for (long emailId : delivery.getFailedEmailIdsList()) {
            var notification = client.notifications().get(emailId);
            say(
                    "mail %d failed: %s, the relay said: %s",
                    emailId,
                    notification.getFailureReason(),
                    notification.getAttemptsCount() == 0
                            ? "nothing"
                            : notification.getAttempts(0).getReply());
        }
    }

    private boolean summary(
            GenerateForSessionResponse generated,
            SessionDelivery delivery,
            RetryFailedNotificationsResponse retried,
            ValidateTokenResponse verdict) {
        say("");
        say("%-28s%8d", "eligible students", generated.getEligibleStudents());
        say("%-28s%8d", "notifications created", generated.getNotificationsCreated());
        say("%-28s%8d", "sent", delivery.getSent());
        say("%-28s%8d", "retried", retried.getRetried());
        say("%-28s%8d", "failed in the end", delivery.getFailed());
        say("%-28s%8s", "link valid", verdict.getValid());
        say(
                "demo: eligible=%d created=%d sent=%d retried=%d valid=%s mails=%s",
                generated.getEligibleStudents(),
                generated.getNotificationsCreated(),
                delivery.getSent(),
                retried.getRetried(),
                verdict.getValid(),
                mails);
        return delivery.getSent() == SampleCampus.STUDENTS && retried.getRetried() == 1 && verdict.getValid();
    }

    /** The token of some delivered mail, as its reader would follow the link. */
    private String anyToken() throws IOException {
        try (Stream<Path> files = Files.list(mails)) {
            Path mail = files.sorted().findFirst().orElseThrow(() -> new IOException("no mail was caught"));
            try (InputStream content = Files.newInputStream(mail)) {
                MimeMultipart parts = (MimeMultipart) new MimeMessage(null, content).getContent();
                BodyPart text = parts.getBodyPart(0);
                Matcher matcher = TOKEN.matcher((String) text.getContent());
                if (!matcher.find()) {
                    throw new IOException("the mail holds no link");
                }
                return matcher.group("token");
            }
        } catch (MessagingException e) {
            throw new IOException("the mail can't be read", e);
        }
    }

    private HeraldClient client(Role role) {
        return HeraldClient.builder("127.0.0.1:" + application.port())
                .plaintext()
                .bearerToken(bearer(role))
                .build();
    }

    private String bearer(Role role) {
        return callerTokens.issue("demo", Set.of(role), Duration.ofHours(1));
    }

    private AppConfig config(int port, Secret callerKey) {
        return AppConfig.from(Settings.of(
                Map.of(),
                Map.ofEntries(
                        Map.entry("HERALD_DATA_DIR", data.toString()),
                        Map.entry("GRPC_PORT", Integer.toString(port)),
                        Map.entry("METRICS_PORT", "0"),
                        Map.entry("AUTH_JWT_SECRET", callerKey.reveal()),
                        Map.entry("JWT_SECRET_KEY", newKey()),
                        Map.entry("ATTENDANCE_URL", "https://attendance.campus.example/mark"),
                        Map.entry("DEFAULT_FROM_EMAIL", "Attendance <attendance@campus.example>"),
                        Map.entry("EMAIL_HOST", "127.0.0.1"),
                        Map.entry("EMAIL_PORT", Integer.toString(catcher.port())),
                        Map.entry("EMAIL_USE_TLS", "off"))));
    }

    private static String newKey() {
        byte[] key = new byte[48];
        new SecureRandom().nextBytes(key);
        return Base64.getUrlEncoder().encodeToString(key);
    }

    @FormatMethod
    private void say(String format, Object... values) {
        out.println(String.format(format, values));
        out.flush();
    }
}
