package dev.herald.server.delivery;

import jakarta.persistence.Column;
import jakarta.persistence.Entity;
import jakarta.persistence.Id;
import jakarta.persistence.IdClass;
import jakarta.persistence.Table;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/** A row of the outbox. Claims and results go past the model, in bulk: {@link OutboxRepository}. */
@Entity
@IdClass(OutboxEntry.Key.class)
@Table(name = "outbox")
public class OutboxEntry {
    @Id
    @Column(name = "ref_id")
    long refId;

    @Id
    String kind;

    short priority;

    long rank;

    @Column(name = "due_at")
    Instant dueAt;

    boolean parked;

    int attempts;

    boolean suspect;

    boolean started;

    @Column(name = "lost_leases")
    int lostLeases;

    @Column(name = "lease_owner")
    @Nullable
    String leaseOwner;

    @Column(name = "lease_until")
    @Nullable
    Instant leaseUntil;

    @Column(name = "fencing_token")
    long fencingToken;

    @Column(name = "last_error")
    @Nullable
    String lastError;

    @Nullable
    String trace;

    /** Which record's mail it is. */
    public record Key(long refId, String kind) {}
}
