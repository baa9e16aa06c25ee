package dev.herald.server.delivery;

import jakarta.persistence.Column;
import jakarta.persistence.Entity;
import jakarta.persistence.GeneratedValue;
import jakarta.persistence.GenerationType;
import jakarta.persistence.Id;
import jakarta.persistence.Table;
import java.time.Instant;

/** A row of delivery_attempts. Written in bulk by {@link OutboxRepository}. */
@Entity
@Table(name = "delivery_attempts")
public class DeliveryAttemptEntry {
    @Id
    @GeneratedValue(strategy = GenerationType.IDENTITY)
    @Column(name = "attempt_id")
    Long attemptId;

    String kind;

    @Column(name = "ref_id")
    long refId;

    @Column(name = "attempted_at")
    Instant attemptedAt;

    String relay;

    @Column(name = "smtp_code")
    int smtpCode;

    @Column(name = "enhanced_code")
    String enhancedCode;

    String reply;

    @Column(name = "duration_ms")
    int durationMs;

    String outcome;

    public Instant attemptedAt() {
        return attemptedAt;
    }

    public String relay() {
        return relay;
    }

    public int smtpCode() {
        return smtpCode;
    }

    public String enhancedCode() {
        return enhancedCode;
    }

    public String reply() {
        return reply;
    }

    public int durationMs() {
        return durationMs;
    }

    public AttemptOutcome outcome() {
        return AttemptOutcome.valueOf(outcome.toUpperCase(java.util.Locale.ROOT));
    }
}
