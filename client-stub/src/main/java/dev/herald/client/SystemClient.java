package dev.herald.client;

import com.google.protobuf.Timestamp;
import dev.herald.v1.AuditEntry;
import dev.herald.v1.CheckConfigurationRequest;
import dev.herald.v1.CheckConfigurationResponse;
import dev.herald.v1.GetSystemStatusRequest;
import dev.herald.v1.GetSystemStatusResponse;
import dev.herald.v1.ListAuditEntriesRequest;
import dev.herald.v1.ListAuditEntriesResponse;
import dev.herald.v1.PauseDeliveryRequest;
import dev.herald.v1.PauseDeliveryResponse;
import dev.herald.v1.ResumeDeliveryRequest;
import dev.herald.v1.ResumeDeliveryResponse;
import dev.herald.v1.SendTestEmailRequest;
import dev.herald.v1.SendTestEmailResponse;
import dev.herald.v1.SystemServiceGrpc;
import dev.herald.v1.SystemServiceGrpc.SystemServiceBlockingStub;
import io.grpc.Channel;
import java.time.Instant;
import java.util.stream.Stream;

/**
 * SystemService: for whoever runs Herald. Thread-safe. Each method waits for the answer, at most for the client's deadline, and
 * throws {@link ServiceCallException} when there is none. All but {@link #sendTestEmail} are repeated when the server is
 * unavailable.
 */
public final class SystemClient {
    private final SystemServiceBlockingStub stub;

    SystemClient(Channel channel) {
        stub = SystemServiceGrpc.newBlockingStub(channel);
    }

    /** The queue, the processes that deliver, their relays, pauses, the schema. */
    public GetSystemStatusResponse status() {
        return Calls.unary(() -> stub.getSystemStatus(GetSystemStatusRequest.getDefaultInstance()));
    }

    /** Has the server look at everything it needs. A fault it finds is an answer, no exception. */
    public CheckConfigurationResponse checkConfiguration() {
        return Calls.unary(() -> stub.checkConfiguration(CheckConfigurationRequest.getDefaultInstance()));
    }

    /** Sends one mail now; the address must be one that TEST_EMAIL_ALLOWED names. Each call sends another. */
    public SendTestEmailResponse sendTestEmail(String to) {
        SendTestEmailRequest request =
                SendTestEmailRequest.newBuilder().setTo(to).build();
        return Calls.unary(() -> stub.sendTestEmail(request));
    }

    /**
     * What administrators did, newest first. Pages are fetched as the stream gets to them, so it can throw {@link
     * ServiceCallException} at any element; page_size is the size of those pages.
     */
    public Stream<AuditEntry> auditEntries(ListAuditEntriesRequest request) {
        return Pages.stream(request, this::page);
    }

    /** One page of it. */
    public ListAuditEntriesResponse auditPage(ListAuditEntriesRequest request) {
        return Calls.unary(() -> stub.listAuditEntries(request));
    }

    /**
     * Has no mail leave until a moment, on every process.
     *
     * @param scope a kind of mail, or empty for everything
     */
    public PauseDeliveryResponse pauseDelivery(String scope, Instant until) {
        PauseDeliveryRequest request = PauseDeliveryRequest.newBuilder()
                .setScope(scope)
                .setUntil(Timestamp.newBuilder()
                        .setSeconds(until.getEpochSecond())
                        .setNanos(until.getNano()))
                .build();
        return Calls.unary(() -> stub.pauseDelivery(request));
    }

    /** Ends the pause of a scope at once; harmless when there is none. */
    public ResumeDeliveryResponse resumeDelivery(String scope) {
        ResumeDeliveryRequest request =
                ResumeDeliveryRequest.newBuilder().setScope(scope).build();
        return Calls.unary(() -> stub.resumeDelivery(request));
    }

    private Pages.Page<ListAuditEntriesRequest, AuditEntry> page(ListAuditEntriesRequest request) {
        ListAuditEntriesResponse response = auditPage(request);
        String token = response.getNextPageToken();
        return new Pages.Page<>(
                response.getEntriesList(),
                token.isEmpty() ? null : request.toBuilder().setPageToken(token).build());
    }
}
