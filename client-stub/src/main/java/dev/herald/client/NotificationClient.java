package dev.herald.client;

import dev.herald.v1.CancelForSessionRequest;
import dev.herald.v1.CancelForSessionResponse;
import dev.herald.v1.GenerateForSessionRequest;
import dev.herald.v1.GenerateForSessionResponse;
import dev.herald.v1.GetNotificationRequest;
import dev.herald.v1.GetSessionDeliveryRequest;
import dev.herald.v1.ListNotificationsRequest;
import dev.herald.v1.ListNotificationsResponse;
import dev.herald.v1.Notification;
import dev.herald.v1.NotificationServiceGrpc;
import dev.herald.v1.NotificationServiceGrpc.NotificationServiceBlockingStub;
import dev.herald.v1.NotificationServiceGrpc.NotificationServiceBlockingV2Stub;
import dev.herald.v1.PreviewNotificationRequest;
import dev.herald.v1.PreviewNotificationResponse;
import dev.herald.v1.RetryFailedNotificationsRequest;
import dev.herald.v1.RetryFailedNotificationsResponse;
import dev.herald.v1.Session;
import dev.herald.v1.SessionDelivery;
import dev.herald.v1.WatchSessionDeliveryRequest;
import io.grpc.Channel;
import java.util.Collection;
import java.util.UUID;
import java.util.stream.Stream;

/**
 * NotificationService: a session's mail. Thread-safe. Each method waits for the answer, at most for the client's deadline,
 * and throws {@link ServiceCallException} when there is none. Each is harmless to repeat, and is repeated when the server is
 * unavailable.
 */
public final class NotificationClient {
    private final NotificationServiceBlockingStub stub;
    private final NotificationServiceBlockingV2Stub streams;

    NotificationClient(Channel channel) {
        stub = NotificationServiceGrpc.newBlockingStub(channel);
        streams = NotificationServiceGrpc.newBlockingV2Stub(channel);
    }

    /** Makes what is missing of the mail of a session that Herald knows. */
    public GenerateForSessionResponse generateForSession(long sessionId) {
        return generateForSession(
                GenerateForSessionRequest.newBuilder().setSessionId(sessionId).build());
    }

    /** Tells Herald the session's details first. */
    public GenerateForSessionResponse generateForSession(Session session) {
        return generateForSession(GenerateForSessionRequest.newBuilder()
                .setSessionId(session.getSessionId())
                .setSession(session)
                .build());
    }

    /** The same with all fields. */
    public GenerateForSessionResponse generateForSession(GenerateForSessionRequest request) {
        return Calls.unary(() -> stub.generateForSession(request));
    }

    /** One notification, with its delivery attempts. */
    public Notification get(long emailId) {
        GetNotificationRequest request =
                GetNotificationRequest.newBuilder().setEmailId(emailId).build();
        return Calls.unary(() -> stub.getNotification(request));
    }

    /** All notifications of a session, newest first; see {@link #list}. */
    public Stream<Notification> listForSession(long sessionId) {
        return list(
                ListNotificationsRequest.newBuilder().setSessionId(sessionId).build());
    }

    /**
     * All notifications that match, newest first. Pages are fetched as the stream gets to them, so it can throw {@link
     * ServiceCallException} at any element; page_size is the size of those pages.
     */
    public Stream<Notification> list(ListNotificationsRequest request) {
        return Pages.stream(request, this::page);
    }

    private Pages.Page<ListNotificationsRequest, Notification> page(ListNotificationsRequest request) {
        ListNotificationsResponse response = listPage(request);
        String token = response.getNextPageToken();
        return new Pages.Page<>(
                response.getNotificationsList(),
                token.isEmpty() ? null : request.toBuilder().setPageToken(token).build());
    }

    /** One page of them. */
    public ListNotificationsResponse listPage(ListNotificationsRequest request) {
        return Calls.unary(() -> stub.listNotifications(request));
    }

    /** How far a session's delivery is. */
    public SessionDelivery sessionDelivery(long sessionId) {
        GetSessionDeliveryRequest request =
                GetSessionDeliveryRequest.newBuilder().setSessionId(sessionId).build();
        return Calls.unary(() -> stub.getSessionDelivery(request));
    }

    /** The same now and at each change, until nothing is pending. Close it when you stop earlier. */
    public ResponseStream<SessionDelivery> watchSessionDelivery(long sessionId) {
        WatchSessionDeliveryRequest request =
                WatchSessionDeliveryRequest.newBuilder().setSessionId(sessionId).build();
        return new ResponseStream<>(streams.watchSessionDelivery(request));
    }

    /** Puts failed notifications back into the queue. */
    public RetryFailedNotificationsResponse retryFailed(Collection<Long> emailIds) {
        return retryFailed(RetryFailedNotificationsRequest.newBuilder()
                .addAllEmailIds(emailIds)
                .build());
    }

    /** The same with all fields; an empty request_id is filled with a random one, so that the call can be repeated. */
    public RetryFailedNotificationsResponse retryFailed(RetryFailedNotificationsRequest request) {
        RetryFailedNotificationsRequest named = request.getRequestId().isEmpty()
                ? request.toBuilder().setRequestId(UUID.randomUUID().toString()).build()
                : request;
        return Calls.unary(() -> stub.retryFailedNotifications(named));
    }

    /** The mail as it would be rendered now, its token masked. */
    public PreviewNotificationResponse preview(long emailId) {
        PreviewNotificationRequest request =
                PreviewNotificationRequest.newBuilder().setEmailId(emailId).build();
        return Calls.unary(() -> stub.previewNotification(request));
    }

    /** Stops a session's pending mail and revokes its tokens. */
    public CancelForSessionResponse cancelForSession(long sessionId) {
        CancelForSessionRequest request =
                CancelForSessionRequest.newBuilder().setSessionId(sessionId).build();
        return Calls.unary(() -> stub.cancelForSession(request));
    }
}
