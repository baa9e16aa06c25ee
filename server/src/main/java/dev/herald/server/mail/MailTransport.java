package dev.herald.server.mail;

import java.io.FileDescriptor;
import java.io.FileOutputStream;

/** A way to hand mail over. Thread-safe; its connections aren't. */
public interface MailTransport {
    /**
     * Opens a connection: for SMTP up to the point where mail may be sent, TLS and login done.
     *
     * @throws RelayUnavailableException when no relay can be had, for a reason that is no message's fault
     */
    MailConnection connect() throws RelayUnavailableException;

    /** Where mail goes, such as {@code a:587,b:25}, for people. */
    String relay();

    /** The transport that EMAIL_BACKEND chose. */
    static MailTransport of(MailConfig config) {
        return switch (config.backend()) {
            case SMTP -> new SmtpTransport(config);
            case FILE -> new FileTransport(config.filePath());
            case CONSOLE -> new ConsoleTransport(new FileOutputStream(FileDescriptor.out));
        };
    }
}
