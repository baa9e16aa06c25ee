package dev.herald.server.audit;

import dev.herald.client.HeraldClient;
import dev.herald.server.caller.CallerTokens;
import dev.herald.server.caller.Role;
import dev.herald.server.config.Secret;
import dev.herald.server.testing.HeraldFixture;
import dev.herald.v1.AuditEntry;
import dev.herald.v1.ListAuditEntriesRequest;
import dev.herald.v1.ListAuditEntriesResponse;
import dev.herald.v1.PauseDeliveryRequest;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** A server that delivers nothing, with five students, and what its audit tells. */
record AuditScene(HeraldFixture herald) implements AutoCloseable {
    static AuditScene start() {
        HeraldFixture herald = HeraldFixture.start(Map.of("DELIVERY", "off", "TEST_EMAIL_ALLOWED", "campus.example"));
        herald.loadCampus(5);
        return new AuditScene(herald);
    }

    /** A service, whose daily work the audit doesn't tell. */
    HeraldClient service() {
        return herald.client(Role.SESSION);
    }

    HeraldClient administrator(String subject) {
        return HeraldClient.builder("127.0.0.1:" + herald.port())
                .plaintext()
                .bearerToken(new CallerTokens(new Secret(HeraldFixture.CALLER_KEY), Clock.systemUTC())
                        .issue(subject, Set.of(Role.ADMIN), Duration.ofHours(1)))
                .build();
    }

    void fail(String where) {
        herald.update("UPDATE email_notifications SET status = 'failed', failure_reason = 'recipient_rejected',"
                + " failed_at = now() WHERE " + where);
        herald.update("UPDATE outbox SET parked = true WHERE ref_id IN"
                + " (SELECT email_id FROM email_notifications WHERE status = 'failed')");
    }

    void pause(String scope, Instant until) {
        herald.system(Role.ADMIN)
                .pauseDelivery(PauseDeliveryRequest.newBuilder()
                        .setScope(scope)
                        .setUntil(HeraldFixture.timestamp(until))
                        .build());
    }

    /** Oldest first, in short; of what is different each time the beginning. */
    List<String> told() {
        List<AuditEntry> entries = new ArrayList<>(all());
        Collections.reverse(entries);
        return entries.stream().map(AuditScene::told).toList();
    }

    private static String told(AuditEntry entry) {
        String text = entry.getAction() + " " + entry.getTarget() + " " + entry.getBefore() + " -> " + entry.getAfter()
                + " " + entry.getRequestId();
        return text.replaceFirst("test\\.[0-9a-f-]{36}", "test.…")
                .replaceFirst("\"jti\": \"[^\"]+\"", "\"jti\": \"…\"")
                .replaceFirst("127\\.0\\.0\\.1:\\d+", "relay");
    }

    /** Newest first. */
    List<AuditEntry> all() {
        return pages(ListAuditEntriesRequest.getDefaultInstance(), 1_000);
    }

    List<AuditEntry> pages(ListAuditEntriesRequest filter, int size) {
        List<AuditEntry> entries = new ArrayList<>();
        String token = "";
        var stub = herald.system(Role.ADMIN);
        do {
            ListAuditEntriesResponse page = stub.listAuditEntries(
                    filter.toBuilder().setPageSize(size).setPageToken(token).build());
            entries.addAll(page.getEntriesList());
            token = page.getNextPageToken();
        } while (!token.isEmpty());
        return entries;
    }

    static Instant at(AuditEntry entry) {
        return Instant.ofEpochSecond(entry.getAt().getSeconds(), entry.getAt().getNanos());
    }

    @Override
    public void close() {
        herald.close();
    }
}
