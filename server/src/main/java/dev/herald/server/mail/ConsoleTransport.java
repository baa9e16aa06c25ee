package dev.herald.server.mail;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;

/** Prints each mail, for a developer to read. */
public final class ConsoleTransport implements MailTransport {
    private final OutputStream out;

    /** Prints to a stream, which is never closed. */
    public ConsoleTransport(OutputStream out) {
        this.out = out;
    }

    @Override
    public MailConnection connect() {
        return new LocalConnection(relay(), this::print);
    }

    @Override
    public String relay() {
        return "console";
    }

    private void print(EmailMessage message, byte[] octets) throws IOException {
        synchronized (out) {
            out.write(octets);
            out.write(("-".repeat(78) + "\r\n").getBytes(StandardCharsets.US_ASCII));
            out.flush();
        }
    }
}
