package dev.herald.client;

import com.google.rpc.BadRequest;

/** A field that breaks a rule. Immutable. */
public final class FieldViolation {
    private final String field;
    private final String reason;
    private final String description;

    private FieldViolation(String field, String reason, String description) {
        this.field = field;
        this.reason = reason;
        this.description = description;
    }

    static FieldViolation of(BadRequest.FieldViolation violation) {
        return new FieldViolation(violation.getField(), violation.getReason(), violation.getDescription());
    }

    /** The path, such as {@code users[3].email}. */
    public String field() {
        return field;
    }

    /** The rule, for programs, such as {@code MUST_BE_POSITIVE}. */
    public String reason() {
        return reason;
    }

    /** What would be right, for people. */
    public String description() {
        return description;
    }

    @Override
    public String toString() {
        return field + ": " + description;
    }
}
