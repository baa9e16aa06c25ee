package dev.herald.server.mail;

/** A mail holds something that may not go on the wire; nothing of it was sent. */
public final class MessageFaultException extends RuntimeException {
    private final String field;
    private final String reason;

    MessageFaultException(String field, String reason) {
        super(field + ": " + reason, null, false, false);
        this.field = field;
        this.reason = reason;
    }

    /** Which part of the mail, such as {@code subject}. */
    public String field() {
        return field;
    }

    /** One of {@link HeaderText}'s reasons, or MALFORMED. */
    public String reason() {
        return reason;
    }
}
