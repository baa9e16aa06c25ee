package dev.herald.server.mail;

import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.time.Duration;
import java.util.List;

/** A way to hand mail over; with SMTP, one relay. Thread-safe; its connections aren't. */
public interface MailTransport {
    /**
     * Opens a connection: for SMTP up to the point where mail may be sent, TLS and login done.
     *
     * @throws RelayUnavailableException when the relay can't be had, for a reason that is no message's fault
     */
    MailConnection connect() throws RelayUnavailableException;

    /** The same, given up after so long at most. What waits for nobody else needs no limit. */
    default MailConnection connect(Duration most) throws RelayUnavailableException {
        return connect();
    }

    /** Where mail goes, such as {@code smtp.example.org:587}; no two of a process are the same. */
    String relay();

    /** What EMAIL_BACKEND and EMAIL_HOST chose, in order of preference. */
    static List<MailTransport> of(MailConfig config) {
        return switch (config.backend()) {
            case SMTP -> SmtpTransport.all(config);
            case FILE -> List.of(new FileTransport(config.filePath()));
            case CONSOLE -> List.of(new ConsoleTransport(new FileOutputStream(FileDescriptor.out)));
        };
    }
}
