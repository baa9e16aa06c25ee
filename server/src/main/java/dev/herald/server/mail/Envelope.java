package dev.herald.server.mail;

import dev.herald.server.mail.ReplyClassifier.Stage;
import java.util.List;

/** What is said to a relay of a mail before its content. */
final class Envelope {
    /** In the order in which they are sent. */
    static final List<Stage> COMMANDS = List.of(Stage.MAIL, Stage.RCPT, Stage.DATA);

    private Envelope() {}

    static boolean needsSmtpUtf8(EmailMessage message) {
        return message.recipient().address().needsSmtpUtf8()
                || message.sender().address().needsSmtpUtf8();
    }

    /** All of it, for a relay that takes it in one flight. */
    static void addTo(Octets flight, EmailMessage message) {
        for (Stage command : COMMANDS) {
            addTo(flight, message, command);
        }
    }

    /** One command. An address that got this far has neither line end nor angle bracket in it. */
    static void addTo(Octets flight, EmailMessage message, Stage command) {
        switch (command) {
            case MAIL ->
                flight.add("MAIL FROM:<")
                        .add(message.sender().address().text())
                        .add(needsSmtpUtf8(message) ? "> SMTPUTF8\r\n" : ">\r\n");
            case RCPT ->
                flight.add("RCPT TO:<")
                        .add(message.recipient().address().text())
                        .add(">\r\n");
            default -> flight.add("DATA\r\n");
        }
    }
}
