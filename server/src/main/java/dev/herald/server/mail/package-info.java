/**
 * Floor 1: a mail and the ways to hand it over. The only home of jakarta.mail. Addresses ({@link MailAddress}) and header
 * values ({@link HeaderText}) pass one gate; {@link Templates} render; {@link MailTransport} delivers. Read {@link
 * EmailMessage} first, then {@link MailTransport}.
 */
@org.jspecify.annotations.NullMarked
package dev.herald.server.mail;
