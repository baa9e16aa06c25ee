package dev.herald.server.directory;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.ByteString;
import com.google.protobuf.UnknownFieldSet;
import dev.herald.server.persistence.Database;
import dev.herald.server.persistence.DatabaseConfig.DirectoryOwner;
import dev.herald.v1.DeleteSessionRequest;
import dev.herald.v1.DeleteStudentRequest;
import dev.herald.v1.DirectoryServiceGrpc;
import dev.herald.v1.EraseUserRequest;
import dev.herald.v1.ImportRequest;
import dev.herald.v1.ImportResponse;
import dev.herald.v1.UpsertCoursesRequest;
import dev.herald.v1.UpsertSessionsRequest;
import dev.herald.v1.UpsertStudentsRequest;
import dev.herald.v1.UpsertUsersRequest;
import io.grpc.ManagedChannel;
import io.grpc.Server;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.netty.shaded.io.grpc.netty.NettyChannelBuilder;
import io.grpc.netty.shaded.io.grpc.netty.NettyServerBuilder;
import io.grpc.stub.StreamObserver;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class DirectoryGrpcServiceTest {
    private final Database database = DirectorySamples.database();
    private final ExecutorService pool = Executors.newFixedThreadPool(4);
    private Server server;
    private ManagedChannel channel;
    private DirectoryServiceGrpc.DirectoryServiceBlockingStub stub;

    @BeforeEach
    void start() throws IOException {
        serve(DirectorySamples.writer(database));
    }

    @AfterEach
    void stop() throws InterruptedException {
        channel.shutdownNow().awaitTermination(5, TimeUnit.SECONDS);
        server.shutdownNow().awaitTermination(5, TimeUnit.SECONDS);
        pool.shutdown();
        database.close();
    }

    @Test
    void unaryCalls_wholeCampus_areCountedAndDeleted() {
        var courses = stub.upsertCourses(UpsertCoursesRequest.newBuilder()
                .addCourses(DirectorySamples.course(1))
                .build());
        assertThat(courses.getInserted()).isEqualTo(1);
        var users = stub.upsertUsers(UpsertUsersRequest.newBuilder()
                .addUsers(DirectorySamples.user(1))
                .addUsers(DirectorySamples.user(2))
                .build());
        assertThat(users.getInserted()).isEqualTo(2);
        var students = UpsertStudentsRequest.newBuilder()
                .addStudents(DirectorySamples.student(1, 1))
                .build();
        stub.upsertStudents(students);
        assertThat(stub.upsertStudents(students).getUpdated()).isEqualTo(1);
        var sessions = stub.upsertSessions(UpsertSessionsRequest.newBuilder()
                .addSessions(DirectorySamples.session(1, 1))
                .build());
        assertThat(sessions.getInserted()).isEqualTo(1);
        stub.deleteSession(DeleteSessionRequest.newBuilder().setSessionId(1).build());
        stub.deleteStudent(
                DeleteStudentRequest.newBuilder().setStudentProfileId(1).build());
        stub.eraseUser(EraseUserRequest.newBuilder().setUserId(1).build());
        assertThat(count("sessions") + count("student_profiles")).isZero();
        assertThat(count("users")).isEqualTo(1);
    }

    @Test
    void refusals_haveTheStatusOfTheirReason() {
        assertStatus(
                Status.Code.NOT_FOUND,
                () -> stub.deleteSession(
                        DeleteSessionRequest.newBuilder().setSessionId(1).build()));
        assertStatus(
                Status.Code.FAILED_PRECONDITION,
                () -> stub.upsertStudents(UpsertStudentsRequest.newBuilder()
                        .addStudents(DirectorySamples.student(1, 1))
                        .build()));
        assertStatus(
                Status.Code.INVALID_ARGUMENT,
                () -> stub.upsertCourses(UpsertCoursesRequest.newBuilder()
                        .addCourses(DirectorySamples.course(1).setCourseName("a\0b"))
                        .build()));
    }

    @Test
    void import_fiveThousandMixedItems_writesAll() throws Exception {
        List<ImportRequest> items = mixedItems(5_000);
        ImportResponse first = load(items);
        assertThat(first.getInserted()).isEqualTo(5_000);
        assertThat(first.getUpdated()).isZero();
        assertThat(count("courses") + count("users") + count("student_profiles") + count("sessions"))
                .isEqualTo(5_000);
        ImportResponse second = load(items);
        assertThat(second.getInserted()).isZero();
        assertThat(second.getUpdated()).isEqualTo(5_000);
    }

    @Test
    void import_badItemInTheMiddle_keepsTheBatchesBeforeAndTakesNoMore() {
        List<ImportRequest> items = new ArrayList<>();
        for (int id = 1; id <= 2_500; id++) {
            items.add(item(DirectorySamples.user(id)));
        }
        items.set(1_700, item(DirectorySamples.user(1_701).setEmail("nobody")));
        assertStatus(Status.Code.INVALID_ARGUMENT, "items[1700].user.email", () -> load(items));
        assertThat(count("users")).isEqualTo(1_000);
    }

    @Test
    void import_referenceSentTooLate_isRefused() {
        List<ImportRequest> items = List.of(
                item(DirectorySamples.course(1)),
                ImportRequest.newBuilder()
                        .setStudent(DirectorySamples.student(1, 1))
                        .build(),
                item(DirectorySamples.user(1)));
        assertStatus(Status.Code.FAILED_PRECONDITION, "items[1].student.user_id", () -> load(items));
        assertThat(count("courses")).isEqualTo(1);
        assertThat(count("users")).isZero();
    }

    @Test
    void import_idTwice_laterWins() throws Exception {
        ImportResponse response = load(List.of(
                item(DirectorySamples.course(1).setCourseName("Algebra")),
                item(DirectorySamples.course(2)),
                item(DirectorySamples.course(1).setCourseName("Analysis"))));
        assertThat(response.getInserted()).isEqualTo(2);
        assertThat(response.getUpdated()).isEqualTo(1);
        assertThat(DirectorySamples.number(
                        database, "SELECT count(*) FROM courses WHERE course_id = 1 AND course_name = 'Analysis'"))
                .isEqualTo(1);
    }

    @Test
    void import_paddedItems_areWrittenBeforeAThousandAreHeld() {
        UnknownFieldSet padding = UnknownFieldSet.newBuilder()
                .addField(
                        1000,
                        UnknownFieldSet.Field.newBuilder()
                                .addLengthDelimited(ByteString.copyFrom(new byte[600_000]))
                                .build())
                .build();
        List<ImportRequest> items = new ArrayList<>();
        for (int id = 1; id <= 6; id++) {
            items.add(item(DirectorySamples.course(id)).toBuilder()
                    .setUnknownFields(padding)
                    .build());
        }
        items.set(5, item(DirectorySamples.course(6).setCourseName("a\nb")));
        assertStatus(Status.Code.INVALID_ARGUMENT, "items[5].course.course_name", () -> load(items));
        assertThat(count("courses")).isEqualTo(4);
    }

    @Test
    void import_nothing_isAnEmptyAnswer() throws Exception {
        assertThat(load(List.of())).isEqualTo(ImportResponse.getDefaultInstance());
    }

    @Test
    void import_itemOfNoKind_isRefused() {
        assertStatus(Status.Code.INVALID_ARGUMENT, "items[0]", () -> load(List.of(ImportRequest.getDefaultInstance())));
    }

    @Test
    void import_sharedDirectory_isRefusedBeforeTheFirstItem() throws Exception {
        stopServing();
        serve(new DirectoryWriter(database.transactions(), DirectoryOwner.SHARED, address -> true));
        CompletableFuture<ImportResponse> answer = new CompletableFuture<>();
        DirectoryServiceGrpc.newStub(channel).import_(observer(answer));
        assertStatus(Status.Code.FAILED_PRECONDITION, "DIRECTORY=shared", () -> await(answer));
    }

    private ImportResponse load(List<ImportRequest> items) throws Exception {
        CompletableFuture<ImportResponse> answer = new CompletableFuture<>();
        StreamObserver<ImportRequest> requests =
                DirectoryServiceGrpc.newStub(channel).import_(observer(answer));
        items.forEach(requests::onNext);
        requests.onCompleted();
        return await(answer);
    }

    private static ImportResponse await(CompletableFuture<ImportResponse> answer) throws Exception {
        try {
            return answer.get(30, TimeUnit.SECONDS);
        } catch (ExecutionException e) {
            throw (StatusRuntimeException) e.getCause();
        }
    }

    private static StreamObserver<ImportResponse> observer(CompletableFuture<ImportResponse> answer) {
        return new StreamObserver<>() {
            @Override
            public void onNext(ImportResponse response) {
                answer.complete(response);
            }

            @Override
            public void onError(Throwable failure) {
                answer.completeExceptionally(failure);
            }

            @Override
            public void onCompleted() {}
        };
    }

    /** Courses, sessions, users and students by turns of some hundred, what is referred to first. */
    private static List<ImportRequest> mixedItems(int count) {
        List<ImportRequest> items = new ArrayList<>();
        for (long turn = 0; items.size() < count; turn++) {
            for (long id = turn * 125 + 1; id <= (turn + 1) * 125; id++) {
                items.add(item(DirectorySamples.course(id)));
            }
            for (long id = turn * 500 + 1; id <= (turn + 1) * 500; id++) {
                items.add(item(DirectorySamples.user(id)));
            }
            for (long id = turn * 500 + 1; id <= (turn + 1) * 500; id++) {
                items.add(ImportRequest.newBuilder()
                        .setStudent(DirectorySamples.student(id, id))
                        .build());
            }
            for (long id = turn * 125 + 1; id <= (turn + 1) * 125; id++) {
                items.add(ImportRequest.newBuilder()
                        .setSession(DirectorySamples.session(id, id))
                        .build());
            }
        }
        return items;
    }

    private static ImportRequest item(dev.herald.v1.Course.Builder course) {
        return ImportRequest.newBuilder().setCourse(course).build();
    }

    private static ImportRequest item(dev.herald.v1.User.Builder user) {
        return ImportRequest.newBuilder().setUser(user).build();
    }

    private void serve(DirectoryWriter writer) throws IOException {
        server = NettyServerBuilder.forAddress(new InetSocketAddress("127.0.0.1", 0))
                .executor(pool)
                .addService(new DirectoryGrpcService(writer, DirectorySamples.eraser(writer)))
                .build()
                .start();
        channel = NettyChannelBuilder.forAddress("127.0.0.1", server.getPort())
                .usePlaintext()
                .build();
        stub = DirectoryServiceGrpc.newBlockingStub(channel);
    }

    private void stopServing() throws InterruptedException {
        channel.shutdownNow().awaitTermination(5, TimeUnit.SECONDS);
        server.shutdownNow().awaitTermination(5, TimeUnit.SECONDS);
    }

    private long count(String table) {
        return DirectorySamples.number(database, "SELECT count(*) FROM " + table);
    }

    private static void assertStatus(Status.Code code, ThrowingCallable call) {
        assertStatus(code, "", call);
    }

    private static void assertStatus(Status.Code code, String text, ThrowingCallable call) {
        assertThatThrownBy(call).isInstanceOfSatisfying(StatusRuntimeException.class, e -> {
            assertThat(e.getStatus().getCode()).isEqualTo(code);
            assertThat(e.getStatus().getDescription()).contains(text);
        });
    }
}
