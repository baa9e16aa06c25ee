package dev.herald.server.request;

import jakarta.persistence.Column;
import jakarta.persistence.Embeddable;
import jakarta.persistence.EmbeddedId;
import jakarta.persistence.Entity;
import jakarta.persistence.Table;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/** A row of request_results. */
@Entity
@Table(name = "request_results")
public class RequestResult {
    @EmbeddedId
    Key key;

    @Column(name = "payload_hash")
    byte[] payloadHash;

    byte @Nullable [] response;

    @Column(name = "created_at")
    Instant createdAt;

    /** A request_id counts for one method. */
    @Embeddable
    public record Key(
            String method, @Column(name = "request_id") String requestId) {}
}
