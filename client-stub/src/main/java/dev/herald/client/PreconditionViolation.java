package dev.herald.client;

import com.google.rpc.PreconditionFailure;

/** A condition that doesn't hold. Immutable. */
public final class PreconditionViolation {
    private final String type;
    private final String subject;
    private final String description;

    private PreconditionViolation(String type, String subject, String description) {
        this.type = type;
        this.subject = subject;
        this.description = description;
    }

    static PreconditionViolation of(PreconditionFailure.Violation violation) {
        return new PreconditionViolation(violation.getType(), violation.getSubject(), violation.getDescription());
    }

    /** The condition, for programs, such as {@code REFERENCE_NOT_FOUND}. */
    public String type() {
        return type;
    }

    /** What it fails for, such as {@code students[3].user_id}. */
    public String subject() {
        return subject;
    }

    /** What to do about it, for people. */
    public String description() {
        return description;
    }

    @Override
    public String toString() {
        return subject + ": " + description;
    }
}
