package dev.herald.server.notification;

import jakarta.persistence.Column;
import jakarta.persistence.Entity;
import jakarta.persistence.GeneratedValue;
import jakarta.persistence.GenerationType;
import jakarta.persistence.Id;
import jakarta.persistence.Table;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * One student's mail for one session. Allowed: pending to sent, pending to failed, failed to pending; nothing leaves sent.
 * Written in bulk, past the model: {@link NotificationRepository}.
 */
@Entity
@Table(name = "email_notifications")
public class EmailNotification {
    @Id
    @GeneratedValue(strategy = GenerationType.IDENTITY)
    @Column(name = "email_id")
    Long emailId;

    @Column(name = "session_id")
    long sessionId;

    @Column(name = "student_profile_id")
    long studentProfileId;

    /** The JWT's signing input: it opens nothing until it is signed. */
    String token;

    String jti;

    @Column(name = "token_expires_at")
    Instant tokenExpiresAt;

    String status;

    int generation;

    @Column(name = "failure_reason")
    @Nullable
    String failureReason;

    @Column(name = "failed_at")
    @Nullable
    Instant failedAt;

    @Column(name = "created_at")
    Instant createdAt;

    @Column(name = "sent_at")
    @Nullable
    Instant sentAt;
}
