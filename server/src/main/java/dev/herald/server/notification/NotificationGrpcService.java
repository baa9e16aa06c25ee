package dev.herald.server.notification;

import dev.herald.server.rpc.UnaryCall;
import dev.herald.v1.CancelForSessionRequest;
import dev.herald.v1.CancelForSessionResponse;
import dev.herald.v1.GenerateForSessionRequest;
import dev.herald.v1.GenerateForSessionResponse;
import dev.herald.v1.GetNotificationRequest;
import dev.herald.v1.GetSessionDeliveryRequest;
import dev.herald.v1.ListNotificationsRequest;
import dev.herald.v1.ListNotificationsResponse;
import dev.herald.v1.Notification;
import dev.herald.v1.NotificationServiceGrpc.NotificationServiceImplBase;
import dev.herald.v1.PreviewNotificationRequest;
import dev.herald.v1.PreviewNotificationResponse;
import dev.herald.v1.RetryFailedNotificationsRequest;
import dev.herald.v1.RetryFailedNotificationsResponse;
import dev.herald.v1.SessionDelivery;
import dev.herald.v1.WatchSessionDeliveryRequest;
import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.StreamObserver;
import java.util.concurrent.Executor;
import java.util.concurrent.ScheduledExecutorService;

/** The door of the room. Its methods block, so they run on the database's pool. */
public final class NotificationGrpcService extends NotificationServiceImplBase {
    private final NotificationGenerator generator;
    private final NotificationRetrier retrier;
    private final NotificationCanceller canceller;
    private final NotificationReader reader;
    private final NotificationPreviewer previewer;
    private final SessionDeliveryWatcher watcher;

    /**
     * The service.
     *
     * @param timer for watchers; never blocked
     * @param pool where their looks at the database run
     */
    public NotificationGrpcService(
            NotificationRoom room, AttendanceTemplate template, ScheduledExecutorService timer, Executor pool) {
        this.generator = new NotificationGenerator(room);
        this.retrier = new NotificationRetrier(room);
        this.canceller = new NotificationCanceller(room);
        this.reader = new NotificationReader(room);
        this.previewer = new NotificationPreviewer(room.transactions(), template);
        this.watcher = new SessionDeliveryWatcher(reader, timer, pool);
    }

    @Override
    public void generateForSession(
            GenerateForSessionRequest request, StreamObserver<GenerateForSessionResponse> observer) {
        UnaryCall.answer(observer, () -> generator.generate(request));
    }

    @Override
    public void getNotification(GetNotificationRequest request, StreamObserver<Notification> observer) {
        UnaryCall.answer(observer, () -> reader.get(request.getEmailId()));
    }

    @Override
    public void listNotifications(
            ListNotificationsRequest request, StreamObserver<ListNotificationsResponse> observer) {
        UnaryCall.answer(observer, () -> reader.list(request));
    }

    @Override
    public void getSessionDelivery(GetSessionDeliveryRequest request, StreamObserver<SessionDelivery> observer) {
        UnaryCall.answer(observer, () -> reader.delivery(request.getSessionId()));
    }

    @Override
    public void watchSessionDelivery(WatchSessionDeliveryRequest request, StreamObserver<SessionDelivery> observer) {
        watcher.watch(request.getSessionId(), (ServerCallStreamObserver<SessionDelivery>) observer);
    }

    @Override
    public void retryFailedNotifications(
            RetryFailedNotificationsRequest request, StreamObserver<RetryFailedNotificationsResponse> observer) {
        UnaryCall.answer(observer, () -> retrier.retry(request));
    }

    @Override
    public void previewNotification(
            PreviewNotificationRequest request, StreamObserver<PreviewNotificationResponse> observer) {
        UnaryCall.answer(observer, () -> previewer.preview(request.getEmailId()));
    }

    @Override
    public void cancelForSession(CancelForSessionRequest request, StreamObserver<CancelForSessionResponse> observer) {
        UnaryCall.answer(observer, () -> canceller.cancel(request.getSessionId()));
    }
}
