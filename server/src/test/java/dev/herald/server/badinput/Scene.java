package dev.herald.server.badinput;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.auth0.jwt.JWT;
import com.auth0.jwt.algorithms.Algorithm;
import com.google.protobuf.MessageLite;
import dev.herald.server.testing.HeraldFixture;
import dev.herald.server.testing.LeakScan;
import dev.herald.server.testing.RawCall;
import dev.herald.server.testing.RawCall.Answer;
import dev.herald.server.testing.Rows;
import dev.herald.server.testing.ScriptedSmtpServer.Received;
import dev.herald.server.token.BadToken;
import dev.herald.v1.Course;
import dev.herald.v1.DirectoryServiceGrpc;
import dev.herald.v1.GenerateForSessionRequest;
import dev.herald.v1.GetNotificationRequest;
import dev.herald.v1.NotificationServiceGrpc;
import dev.herald.v1.Session;
import dev.herald.v1.UpsertCoursesRequest;
import dev.herald.v1.UpsertSessionsRequest;
import dev.herald.v1.UpsertStudentsRequest;
import dev.herald.v1.UpsertUsersRequest;
import dev.herald.v1.User;
import io.grpc.ManagedChannel;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.Status;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;

/** A server that bad input is sent to, and what a row needs to send it. */
final class Scene implements AutoCloseable {
    private final HeraldFixture herald;
    private final ManagedChannel channel;
    private final AtomicLong ids = new AtomicLong(1_000);
    private final SceneDatabase database;
    private int mailsBefore;
    private int commandsBefore;

    private Scene(HeraldFixture herald) {
        this.herald = herald;
        this.channel = herald.channel();
        this.database = SceneDatabase.of(herald);
    }

    static Scene at(BadInput.Place place) {
        return switch (place) {
            case QUIET -> quiet();
            case MAIL -> new Scene(HeraldFixture.start());
            case TOKENS -> tokens();
            case INTEGERS -> integers();
        };
    }

    /** Three students with a notification each: pending, failed, sent. */
    private static Scene quiet() {
        HeraldFixture herald = HeraldFixture.start(Map.of("DELIVERY", "off"));
        herald.loadCampus(3);
        herald.admin().notifications().generateForSession(HeraldFixture.SESSION_ID);
        fail(herald, "student_profile_id = 2");
        herald.update("UPDATE email_notifications SET status = 'sent', sent_at = now() WHERE student_profile_id = 3");
        herald.update(
                "DELETE FROM outbox WHERE ref_id IN (SELECT email_id FROM email_notifications WHERE status = 'sent')");
        return new Scene(herald);
    }

    private static Scene tokens() {
        HeraldFixture herald = HeraldFixture.start(Map.of("DELIVERY", "off", "JWT_SECRET_KEY", BadToken.SIGNING_KEY));
        herald.clock().stopAt(Instant.ofEpochSecond(BadToken.MOMENT));
        return new Scene(herald);
    }

    private static Scene integers() {
        HeraldFixture herald = HeraldFixture.start(Map.of("DELIVERY", "off"));
        herald.update("ALTER TABLE student_profiles ALTER student_profile_id TYPE integer");
        herald.update("ALTER TABLE sessions ALTER session_id TYPE integer, ALTER course_id TYPE integer");
        herald.loadCampus(1);
        return new Scene(herald);
    }

    private static void fail(HeraldFixture herald, String where) {
        herald.update("UPDATE email_notifications SET status = 'failed', failure_reason = 'recipient_rejected',"
                + " failed_at = now() WHERE " + where);
        herald.update("UPDATE outbox SET parked = true WHERE ref_id IN"
                + " (SELECT email_id FROM email_notifications WHERE status = 'failed')");
    }

    HeraldFixture herald() {
        return herald;
    }

    ManagedChannel channel() {
        return channel;
    }

    /** An id that nothing has yet. */
    long newId() {
        return ids.incrementAndGet();
    }

    SceneDatabase database() {
        return database;
    }

    /** Calls with these messages as an administrator. */
    Answer call(MethodDescriptor<?, ?> method, Object... requests) {
        List<byte[]> messages = Arrays.stream(requests)
                .map(request -> ((MessageLite) request).toByteArray())
                .toList();
        return RawCall.toItsEnd(channel, method.getFullMethodName(), admin(), messages);
    }

    /** Calls with this as an administrator, whatever it is. */
    Answer call(MethodDescriptor<?, ?> method, byte[] message) {
        return RawCall.toItsEnd(channel, method.getFullMethodName(), admin(), List.of(message));
    }

    /** By the server's own clock, wherever it stands. */
    Metadata admin() {
        return RawCall.authorization("Bearer "
                + JWT.create()
                        .withSubject("table")
                        .withAudience("herald")
                        .withClaim("roles", List.of("admin"))
                        .withIssuedAt(now())
                        .withExpiresAt(now().plusSeconds(3_600))
                        .sign(Algorithm.HMAC256(HeraldFixture.CALLER_KEY)));
    }

    Instant now() {
        return herald.clock().instant();
    }

    /** A session of its own course, with one student of its own; its id, which is everybody's. */
    long newSession(Instant start, Instant end) throws SQLException {
        long id = newId();
        require(upsert(User.newBuilder(HeraldFixture.user(id, "s" + id + "@campus.example"))));
        require(upsert(Course.newBuilder(HeraldFixture.course()).setCourseId(id)));
        require(enrol(id, start, end));
        database.remember();
        return id;
    }

    /** The token of a session's only notification, generated now. */
    String tokenOf(long session) throws SQLException {
        require(generate(session));
        database.remember();
        return Rows.token(herald, emailOf(session));
    }

    long emailOf(long session) {
        return herald.number("SELECT email_id FROM email_notifications WHERE session_id = " + session);
    }

    void failNotification(long session) {
        fail(herald, "session_id = " + session);
    }

    Answer upsert(User.Builder user) {
        return call(
                DirectoryServiceGrpc.getUpsertUsersMethod(),
                UpsertUsersRequest.newBuilder().addUsers(user).build());
    }

    Answer upsert(Course.Builder course) {
        return call(
                DirectoryServiceGrpc.getUpsertCoursesMethod(),
                UpsertCoursesRequest.newBuilder().addCourses(course).build());
    }

    Answer generate(long session) {
        return call(
                NotificationServiceGrpc.getGenerateForSessionMethod(),
                GenerateForSessionRequest.newBuilder().setSessionId(session).build());
    }

    /** Has one mail of this course to this user delivered; the first refusal, or the notification when it is done. */
    Answer deliver(User.Builder user, Course.Builder course) {
        long id = newId();
        Answer answer = upsert(user.setUserId(id));
        answer = isOk(answer) ? upsert(course.setCourseId(id)) : answer;
        return isOk(answer) ? deliver(id) : answer;
    }

    /** The same with rows that no call would write. */
    Answer deliverPoisoned(String table, String column, String value) {
        long id = newId();
        require(upsert(User.newBuilder(HeraldFixture.user(id, "s" + id + "@campus.example"))));
        require(upsert(Course.newBuilder(HeraldFixture.course()).setCourseId(id)));
        String key = table.equals("users") ? "user_id" : "course_id";
        herald.update("UPDATE " + table + " SET " + column + " = U&'" + escaped(value) + "' WHERE " + key + " = " + id);
        return deliver(id);
    }

    private Answer deliver(long id) {
        require(enrol(id, now(), now().plus(Duration.ofHours(1))));
        mailsBefore = herald.relay().mails().size();
        commandsBefore = herald.relay().commands().size();
        require(generate(id));
        await().until(() -> herald.number("SELECT count(*) FROM email_notifications WHERE status = 'pending'") == 0);
        return call(
                NotificationServiceGrpc.getGetNotificationMethod(),
                GetNotificationRequest.newBuilder().setEmailId(emailOf(id)).build());
    }

    /** What the relay took since the last delivery began. */
    List<Received> mails() {
        List<Received> all = herald.relay().mails();
        return all.subList(mailsBefore, all.size());
    }

    /** What the relay was told since then. */
    List<String> commands() {
        List<String> all = herald.relay().commands();
        return all.subList(commandsBefore, all.size());
    }

    private Answer enrol(long id, Instant start, Instant end) {
        require(call(
                DirectoryServiceGrpc.getUpsertStudentsMethod(),
                UpsertStudentsRequest.newBuilder()
                        .addStudents(HeraldFixture.student(id).toBuilder().setProgramId(id))
                        .build()));
        Session session = HeraldFixture.session(id, start, end).toBuilder()
                .setCourseId(id)
                .setProgramId(id)
                .build();
        return call(
                DirectoryServiceGrpc.getUpsertSessionsMethod(),
                UpsertSessionsRequest.newBuilder().addSessions(session).build());
    }

    private static boolean isOk(Answer answer) {
        return answer.code() == Status.Code.OK;
    }

    static Answer require(Answer answer) {
        if (!isOk(answer)) {
            throw new AssertionError("a row can't be prepared: " + answer.status());
        }
        return answer;
    }

    private static String escaped(String value) {
        StringBuilder sql = new StringBuilder();
        value.chars().forEach(c -> sql.append("\\%04x".formatted(c)));
        return sql.toString();
    }

    /** Looks once more at everything the table has left behind. */
    @Override
    public void close() throws SQLException {
        database.close();
        herald.close();
        assertThat(LeakScan.leakingRows(herald.url()))
                .as("but for the course that a row gives such a name")
                .filteredOn(row -> !(row.startsWith("courses|") && row.contains("thief@evil.invalid")))
                .isEmpty();
    }
}
