package dev.herald.server.testing;

import java.util.List;

/** The headers of every mail: these, each once, and no other. */
public final class MailHeaders {
    public static final List<String> NAMES =
            List.of("Date", "From", "To", "Message-ID", "Subject", "MIME-Version", "Auto-Submitted", "Content-Type");

    private MailHeaders() {}
}
