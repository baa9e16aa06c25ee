package dev.herald.client;

import dev.herald.v1.DirectoryServiceGrpc;
import dev.herald.v1.NotificationServiceGrpc;
import dev.herald.v1.SystemServiceGrpc;
import dev.herald.v1.TokenServiceGrpc;
import io.grpc.MethodDescriptor;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * Which methods are sent again when the answer is UNAVAILABLE, which can mean that the work was done and its answer lost.
 * So only those whose repetition changes nothing more. Three retries, after about 0.1, 0.2 and 0.4 seconds; a server's
 * push-back and the call's deadline end them. A test keeps the two lists complete.
 */
final class RetryPolicy {
    /** Harmless to repeat; ConsumeToken and RetryFailedNotifications because this client names each call by a request_id. */
    static final List<MethodDescriptor<?, ?>> REPEATABLE = List.of(
            NotificationServiceGrpc.getGenerateForSessionMethod(),
            NotificationServiceGrpc.getGetNotificationMethod(),
            NotificationServiceGrpc.getListNotificationsMethod(),
            NotificationServiceGrpc.getGetSessionDeliveryMethod(),
            NotificationServiceGrpc.getWatchSessionDeliveryMethod(),
            NotificationServiceGrpc.getRetryFailedNotificationsMethod(),
            NotificationServiceGrpc.getPreviewNotificationMethod(),
            NotificationServiceGrpc.getCancelForSessionMethod(),
            TokenServiceGrpc.getValidateTokenMethod(),
            TokenServiceGrpc.getDecodeTokenMethod(),
            TokenServiceGrpc.getConsumeTokenMethod(),
            TokenServiceGrpc.getRevokeTokensMethod(),
            DirectoryServiceGrpc.getUpsertCoursesMethod(),
            DirectoryServiceGrpc.getUpsertUsersMethod(),
            DirectoryServiceGrpc.getUpsertStudentsMethod(),
            DirectoryServiceGrpc.getUpsertSessionsMethod(),
            SystemServiceGrpc.getPauseDeliveryMethod(),
            SystemServiceGrpc.getResumeDeliveryMethod(),
            SystemServiceGrpc.getGetSystemStatusMethod(),
            SystemServiceGrpc.getCheckConfigurationMethod(),
            SystemServiceGrpc.getListAuditEntriesMethod());

    /** Each call makes another token or mail; a second deletion is NOT_FOUND; a stream of requests can't be taken back. */
    static final List<MethodDescriptor<?, ?>> SENT_ONCE = List.of(
            TokenServiceGrpc.getGenerateTokenMethod(),
            TokenServiceGrpc.getValidateTokensMethod(),
            DirectoryServiceGrpc.getImportMethod(),
            DirectoryServiceGrpc.getDeleteSessionMethod(),
            DirectoryServiceGrpc.getDeleteStudentMethod(),
            DirectoryServiceGrpc.getEraseUserMethod(),
            SystemServiceGrpc.getSendTestEmailMethod());

    private static final Map<String, Object> RETRY = Map.of(
            "maxAttempts",
            4.0,
            "initialBackoff",
            "0.1s",
            "maxBackoff",
            "2s",
            "backoffMultiplier",
            2.0,
            "retryableStatusCodes",
            List.of("UNAVAILABLE"));

    private RetryPolicy() {}

    /** The gRPC service config (grpc.service_config.ServiceConfig as JSON), with calls going round all addresses. */
    static Map<String, Object> serviceConfig() {
        return Map.of(
                "loadBalancingConfig", List.of(Map.of("round_robin", Map.of())),
                "methodConfig", List.of(Map.of("name", names(), "retryPolicy", RETRY)));
    }

    private static List<Map<String, String>> names() {
        return REPEATABLE.stream().map(RetryPolicy::name).collect(Collectors.toUnmodifiableList());
    }

    private static Map<String, String> name(MethodDescriptor<?, ?> method) {
        return Map.of(
                "service",
                String.valueOf(method.getServiceName()),
                "method",
                String.valueOf(method.getBareMethodName()));
    }
}
