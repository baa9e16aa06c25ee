package dev.herald.client;

import dev.herald.v1.Course;
import dev.herald.v1.DeleteSessionRequest;
import dev.herald.v1.DeleteStudentRequest;
import dev.herald.v1.DirectoryServiceGrpc;
import dev.herald.v1.DirectoryServiceGrpc.DirectoryServiceBlockingStub;
import dev.herald.v1.DirectoryServiceGrpc.DirectoryServiceBlockingV2Stub;
import dev.herald.v1.EraseUserRequest;
import dev.herald.v1.ImportRequest;
import dev.herald.v1.ImportResponse;
import dev.herald.v1.Session;
import dev.herald.v1.Student;
import dev.herald.v1.UpsertCoursesRequest;
import dev.herald.v1.UpsertCoursesResponse;
import dev.herald.v1.UpsertSessionsRequest;
import dev.herald.v1.UpsertSessionsResponse;
import dev.herald.v1.UpsertStudentsRequest;
import dev.herald.v1.UpsertStudentsResponse;
import dev.herald.v1.UpsertUsersRequest;
import dev.herald.v1.UpsertUsersResponse;
import dev.herald.v1.User;
import io.grpc.Channel;
import java.util.Iterator;

/**
 * DirectoryService: Herald's copy of courses, users, students and sessions. Thread-safe. Each method waits for the answer, at
 * most for the client's deadline, and throws {@link ServiceCallException} when there is none. Upserts take up to 1,000 items,
 * write all or none, and are repeated when the server is unavailable; deletions and imports are not.
 */
public final class DirectoryClient {
    private final DirectoryServiceBlockingStub stub;
    private final DirectoryServiceBlockingV2Stub streams;

    DirectoryClient(Channel channel) {
        stub = DirectoryServiceGrpc.newBlockingStub(channel);
        streams = DirectoryServiceGrpc.newBlockingV2Stub(channel);
    }

    /** Inserts or replaces courses. */
    public UpsertCoursesResponse upsertCourses(Iterable<Course> courses) {
        UpsertCoursesRequest request =
                UpsertCoursesRequest.newBuilder().addAllCourses(courses).build();
        return Calls.unary(() -> stub.upsertCourses(request));
    }

    /** Inserts or replaces users. */
    public UpsertUsersResponse upsertUsers(Iterable<User> users) {
        UpsertUsersRequest request =
                UpsertUsersRequest.newBuilder().addAllUsers(users).build();
        return Calls.unary(() -> stub.upsertUsers(request));
    }

    /** Inserts or replaces student profiles; their users must exist. */
    public UpsertStudentsResponse upsertStudents(Iterable<Student> students) {
        UpsertStudentsRequest request =
                UpsertStudentsRequest.newBuilder().addAllStudents(students).build();
        return Calls.unary(() -> stub.upsertStudents(request));
    }

    /** Inserts or replaces sessions; their courses must exist. */
    public UpsertSessionsResponse upsertSessions(Iterable<Session> sessions) {
        UpsertSessionsRequest request =
                UpsertSessionsRequest.newBuilder().addAllSessions(sessions).build();
        return Calls.unary(() -> stub.upsertSessions(request));
    }

    /**
     * Loads any number of items in the given order, what is referred to first. An item is taken from the iterator when the
     * server has room for it, so memory doesn't grow with their number. There is no deadline. After an error the items before
     * the failing batch are kept, and loading everything again is harmless.
     */
    public ImportResponse load(Iterator<ImportRequest> items) {
        return new ImportCall(streams.import_()).send(items);
    }

    /** Deletes a session with its notifications; SESSION_NOT_FOUND when there is none. */
    public void deleteSession(long sessionId) {
        DeleteSessionRequest request =
                DeleteSessionRequest.newBuilder().setSessionId(sessionId).build();
        Calls.unary(() -> stub.deleteSession(request));
    }

    /** Deletes a student profile with its notifications; STUDENT_NOT_FOUND when there is none. */
    public void deleteStudent(long studentProfileId) {
        DeleteStudentRequest request = DeleteStudentRequest.newBuilder()
                .setStudentProfileId(studentProfileId)
                .build();
        Calls.unary(() -> stub.deleteStudent(request));
    }

    /** Deletes a user, its student profiles and their notifications; USER_NOT_FOUND when there is none. */
    public void eraseUser(long userId) {
        EraseUserRequest request =
                EraseUserRequest.newBuilder().setUserId(userId).build();
        Calls.unary(() -> stub.eraseUser(request));
    }
}
