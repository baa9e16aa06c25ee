package dev.herald.server.mail;

import static org.assertj.core.api.Assertions.assertThat;

import dev.herald.server.mail.DeliveryOutcome.Kind;
import dev.herald.server.mail.ReplyClassifier.Stage;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ReplyClassifierTest {
    /** Replies as the manuals and logs of Gmail, Exchange Online, Postfix, Exim, Sendmail, SES and Yahoo show them. */
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "DOT  | ACCEPTED      |       | 250 2.0.0 OK  1693412345 d9443c01a7336-1bdb98765si123456plb.1 - gsmtp",
                "DOT  | ACCEPTED      |       | 250 Ok 0102018abc-000000",
                "DOT  | ACCEPTED      | 2.6.0 | 250 2.6.0 <1.1@example.org> [InternalId=42] Queued mail for delivery",
                "DOT  | ACCEPTED      |       | 250 OK id=1qYzAB-0001ab-2C",
                "DOT  | ACCEPTED      | 2.0.0 | 250 2.0.0 37T5abcd012345 Message accepted for delivery",
                "RCPT | PERMANENT     | 5.1.1 | 550 5.1.1 The email account that you tried to reach does not exist. - gsmtp",
                "RCPT | PERMANENT     | 5.2.1 | 550 5.2.1 The email account that you tried to reach is disabled. - gsmtp",
                "RCPT | TRANSIENT     | 4.2.2 | 452 4.2.2 The recipient's inbox is out of storage space. - gsmtp",
                "RCPT | PERMANENT     | 5.2.2 | 552 5.2.2 The recipient's inbox is out of storage space and inactive. - gsmtp",
                "RCPT | TRANSIENT     | 4.2.1 | 450 4.2.1 The user you are trying to contact is receiving mail too quickly. - gsmtp",
                "DOT  | PERMANENT     | 5.7.1 | 550 5.7.1 Our system has detected that this message is likely unsolicited mail. - gsmtp",
                "DOT  | PERMANENT     | 5.7.26 | 550 5.7.26 This mail has been blocked because the sender is unauthenticated. - gsmtp",
                "DOT  | PERMANENT     | 5.3.4 | 552 5.3.4 Your message exceeded Google's message size limits. - gsmtp",
                "MAIL | RELAY_TROUBLE | 5.7.0 | 530 5.7.0 Authentication Required. - gsmtp",
                "MAIL | RELAY_TROUBLE | 5.7.0 | 530 5.7.0 Must issue a STARTTLS command first. - gsmtp",
                "MAIL | RELAY_TROUBLE | 4.7.0 | 421 4.7.0 Try again later, closing connection. - gsmtp",
                "DOT  | RELAY_TROUBLE | 4.7.28| 421 4.7.28 Our system has detected an unusual rate of unsolicited mail. - gsmtp",
                "RCPT | PERMANENT     | 5.4.5 | 550 5.4.5 Daily user sending limit exceeded. - gsmtp",
                "RCPT | TRANSIENT     | 4.5.3 | 452 4.5.3 Your message has too many recipients. - gsmtp",
                "RCPT | PERMANENT     | 5.1.10| 550 5.1.10 RESOLVER.ADR.RecipientNotFound; Recipient not found by SMTP address lookup",
                "RCPT | PERMANENT     | 5.4.1 | 550 5.4.1 Recipient address rejected: Access denied.",
                "RCPT | PERMANENT     | 5.7.1 | 550 5.7.1 Service unavailable, Client host [192.0.2.1] blocked using Spamhaus",
                "RCPT | TRANSIENT     | 4.7.500| 451 4.7.500 Server busy. Please try again later from [192.0.2.1].",
                "DOT  | PERMANENT     | 5.2.0 | 554 5.2.0 STOREDRV.Deliver.Exception:QuotaExceededException",
                "DOT  | PERMANENT     | 5.2.252| 554 5.2.252 SendAsDenied; not allowed to send as",
                "DOT  | TRANSIENT     | 4.3.2 | 432 4.3.2 STOREDRV.Deliver; recipient thread limit exceeded",
                "MAIL | RELAY_TROUBLE | 5.7.57| 530 5.7.57 Client not authenticated to send mail.",
                "DOT  | PERMANENT     | 4.4.7 | 554 4.4.7 Message expired: unable to deliver in time",
                "MAIL | RELAY_TROUBLE | 5.7.60| 550 5.7.60 SMTP; Client does not have permissions to send as this sender",
                "RCPT | PERMANENT     | 5.1.1 | 550 5.1.1 <ann@example.org>: Recipient address rejected: User unknown in local recipient table",
                "RCPT | TRANSIENT     | 4.2.0 | 450 4.2.0 <ann@example.org>: Recipient address rejected: Greylisted",
                "RCPT | TRANSIENT     | 4.7.1 | 451 4.7.1 <ann@example.org>: Recipient address rejected: Try again later",
                "RCPT | PERMANENT     | 5.7.1 | 554 5.7.1 <ann@example.org>: Relay access denied",
                "MAIL | RELAY_TROUBLE | 5.7.1 | 553 5.7.1 <no-reply@example.org>: Sender address rejected: not owned by user",
                "MAIL | TRANSIENT     | 4.3.1 | 452 4.3.1 Insufficient system storage",
                "MAIL | PERMANENT     | 5.3.4 | 552 5.3.4 Message size exceeds fixed limit",
                "DATA | PERMANENT     | 5.5.1 | 554 5.5.1 Error: no valid recipients",
                "DOT  | TRANSIENT     | 4.3.0 | 451 4.3.0 Error: queue file write error",
                "RCPT | PERMANENT     |       | 550 Unrouteable address",
                "RCPT | TRANSIENT     |       | 451 Temporary local problem - please try later",
                "MAIL | RELAY_TROUBLE |       | 421 Too many concurrent SMTP connections; please try again later.",
                "RCPT | PERMANENT     | 5.1.1 | 550 5.1.1 <ann@example.org>... User unknown",
                "MAIL | RELAY_TROUBLE | 5.1.8 | 553 5.1.8 <no-reply@example.org>... Domain of sender address does not exist",
                "RCPT | TRANSIENT     | 4.4.5 | 452 4.4.5 Insufficient disk space; try again later",
                "RCPT | TRANSIENT     | 4.2.0 | 450 4.2.0 mailbox temporarily unavailable",
                "DOT  | RELAY_TROUBLE |       | 454 Throttling failure: Maximum sending rate exceeded.",
                "DOT  | RELAY_TROUBLE |       | 454 Throttling failure: Daily message quota exceeded.",
                "DOT  | PERMANENT     |       | 554 Message rejected: Email address is not verified.",
                "DOT  | PERMANENT     |       | 554 Transaction failed: Missing final '@domain'",
                "MAIL | RELAY_TROUBLE |       | 530 Authentication required",
                "MAIL | RELAY_TROUBLE |       | 535 Authentication Credentials Invalid",
                "DOT  | PERMANENT     |       | 554 delivery error: dd This user doesn't have a yahoo.com account (ann@yahoo.com) [0]",
                "MAIL | RELAY_TROUBLE | 4.7.0 | 421 4.7.0 [TSS04] Messages from 192.0.2.1 temporarily deferred due to user complaints",
                "RCPT | PERMANENT     | 5.7.9 | 554 5.7.9 Message not accepted for policy reasons.",
                "DOT  | TRANSIENT     |       | 451 Message temporarily deferred - [160]",
                "DOT  | UNKNOWN       |       | 354 End data with <CR><LF>.<CR><LF>"
            })
    void classify_realReply_isAsItsManualSays(Stage stage, Kind kind, String enhancedCode, String response) {
        RelayReply reply = RelayReply.read(Integer.parseInt(response.substring(0, 3)), response);
        assertThat(ReplyClassifier.classify(stage, reply, true)).isEqualTo(kind);
        if (enhancedCode != null) {
            assertThat(reply.enhancedCode()).isEqualTo(enhancedCode);
        }
        assertThat(reply.text()).isNotEmpty().doesNotContain("ann@", "no-reply@");
    }

    @ParameterizedTest
    @CsvSource({"MAIL", "RCPT", "DATA", "DOT"})
    void classify_closingLater_isOnlyALostConnection(Stage stage) {
        RelayReply reply = RelayReply.read(421, "421 4.4.2 bye");
        assertThat(ReplyClassifier.classify(stage, reply, false)).isEqualTo(Kind.CONNECTION_LOST);
    }

    @Property(tries = 500)
    void classify_anyCode_isDecidedByItsFirstDigit(
            @ForAll @IntRange(min = 200, max = 599) int code, @ForAll Stage stage, @ForAll boolean first) {
        Kind kind = ReplyClassifier.classify(stage, RelayReply.read(code, code + " text"), first);
        switch (code / 100) {
            case 2 -> assertThat(kind).isEqualTo(stage == Stage.DOT ? Kind.ACCEPTED : Kind.TRANSIENT);
            case 4 -> assertThat(kind).isIn(Kind.TRANSIENT, Kind.RELAY_TROUBLE, Kind.CONNECTION_LOST);
            case 5 -> assertThat(kind).isIn(Kind.PERMANENT, Kind.RELAY_TROUBLE);
            default -> assertThat(kind).isIn(Kind.TRANSIENT, Kind.UNKNOWN);
        }
    }
}
