package dev.herald.server.delivery;

import dev.herald.server.mail.EmailMessage;

/** What came of composing one mail. */
public sealed interface Composition {
    /** Ready to be sent. */
    record Ready(EmailMessage message) implements Composition {}

    /** Not to be sent, now or later; the record fails. */
    record Refused(FailureReason reason, String detail) implements Composition {}

    /** The record is gone, or no longer pending: there is nothing to deliver. */
    record Gone() implements Composition {}
}
