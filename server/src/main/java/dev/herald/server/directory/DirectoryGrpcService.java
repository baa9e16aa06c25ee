package dev.herald.server.directory;

import dev.herald.server.rpc.UnaryCall;
import dev.herald.v1.DeleteSessionRequest;
import dev.herald.v1.DeleteSessionResponse;
import dev.herald.v1.DeleteStudentRequest;
import dev.herald.v1.DeleteStudentResponse;
import dev.herald.v1.DirectoryServiceGrpc;
import dev.herald.v1.EraseUserRequest;
import dev.herald.v1.EraseUserResponse;
import dev.herald.v1.ImportRequest;
import dev.herald.v1.ImportResponse;
import dev.herald.v1.UpsertCoursesRequest;
import dev.herald.v1.UpsertCoursesResponse;
import dev.herald.v1.UpsertSessionsRequest;
import dev.herald.v1.UpsertSessionsResponse;
import dev.herald.v1.UpsertStudentsRequest;
import dev.herald.v1.UpsertStudentsResponse;
import dev.herald.v1.UpsertUsersRequest;
import dev.herald.v1.UpsertUsersResponse;
import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.StreamObserver;
import org.jspecify.annotations.Nullable;

/** The door to the directory. Its methods block on the database, so they belong on a bounded pool. */
public final class DirectoryGrpcService extends DirectoryServiceGrpc.DirectoryServiceImplBase {
    private final DirectoryWriter writer;
    private final DirectoryEraser eraser;

    public DirectoryGrpcService(DirectoryWriter writer, DirectoryEraser eraser) {
        this.writer = writer;
        this.eraser = eraser;
    }

    @Override
    public void upsertCourses(UpsertCoursesRequest request, StreamObserver<UpsertCoursesResponse> observer) {
        UnaryCall.answer(observer, () -> {
            UpsertCount count = writer.upsertCourses(request.getCoursesList());
            return UpsertCoursesResponse.newBuilder()
                    .setInserted(count.inserted())
                    .setUpdated(count.updated())
                    .build();
        });
    }

    @Override
    public void upsertUsers(UpsertUsersRequest request, StreamObserver<UpsertUsersResponse> observer) {
        UnaryCall.answer(observer, () -> {
            UpsertCount count = writer.upsertUsers(request.getUsersList());
            return UpsertUsersResponse.newBuilder()
                    .setInserted(count.inserted())
                    .setUpdated(count.updated())
                    .build();
        });
    }

    @Override
    public void upsertStudents(UpsertStudentsRequest request, StreamObserver<UpsertStudentsResponse> observer) {
        UnaryCall.answer(observer, () -> {
            UpsertCount count = writer.upsertStudents(request.getStudentsList());
            return UpsertStudentsResponse.newBuilder()
                    .setInserted(count.inserted())
                    .setUpdated(count.updated())
                    .build();
        });
    }

    @Override
    public void upsertSessions(UpsertSessionsRequest request, StreamObserver<UpsertSessionsResponse> observer) {
        UnaryCall.answer(observer, () -> {
            UpsertCount count = writer.upsertSessions(request.getSessionsList());
            return UpsertSessionsResponse.newBuilder()
                    .setInserted(count.inserted())
                    .setUpdated(count.updated())
                    .build();
        });
    }

    @Override
    public StreamObserver<ImportRequest> import_(StreamObserver<ImportResponse> observer) {
        ImportCall call = new ImportCall((ServerCallStreamObserver<ImportResponse>) observer);
        call.start(writer);
        return call;
    }

    @Override
    public void deleteSession(DeleteSessionRequest request, StreamObserver<DeleteSessionResponse> observer) {
        UnaryCall.answer(observer, () -> {
            eraser.deleteSession(request.getSessionId());
            return DeleteSessionResponse.getDefaultInstance();
        });
    }

    @Override
    public void deleteStudent(DeleteStudentRequest request, StreamObserver<DeleteStudentResponse> observer) {
        UnaryCall.answer(observer, () -> {
            eraser.deleteStudent(request.getStudentProfileId());
            return DeleteStudentResponse.getDefaultInstance();
        });
    }

    @Override
    public void eraseUser(EraseUserRequest request, StreamObserver<EraseUserResponse> observer) {
        UnaryCall.answer(observer, () -> {
            eraser.eraseUser(request.getUserId());
            return EraseUserResponse.getDefaultInstance();
        });
    }

    /** One stream. The next item is asked for when the one before is dealt with, so a slow database slows the caller. */
    private static final class ImportCall implements StreamObserver<ImportRequest> {
        private final ServerCallStreamObserver<ImportResponse> caller;
        /** Null when the call is over. */
        private @Nullable DirectoryImport load;

        ImportCall(ServerCallStreamObserver<ImportResponse> caller) {
            this.caller = caller;
            caller.disableAutoRequest();
        }

        void start(DirectoryWriter writer) {
            try {
                load = writer.startImport();
                caller.request(1);
            } catch (RuntimeException e) {
                refuse(e);
            }
        }

        @Override
        public void onNext(ImportRequest item) {
            if (load == null) {
                return;
            }
            try {
                load.take(item);
                caller.request(1);
            } catch (RuntimeException e) {
                refuse(e);
            }
        }

        @Override
        public void onError(Throwable cancellation) {
            load = null;
        }

        @Override
        public void onCompleted() {
            if (load != null) {
                UnaryCall.answer(caller, load::finish);
                load = null;
            }
        }

        private void refuse(RuntimeException failure) {
            load = null;
            UnaryCall.answer(caller, () -> {
                throw failure;
            });
        }
    }
}
