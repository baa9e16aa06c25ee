package dev.herald.server.mail;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;

/**
 * Reads a relay's replies (RFC 5321, 4.2). A line ends at LF, with or without CR; whatever else a relay sends is taken as
 * text. Not thread-safe.
 */
final class ReplyReader {
    /** In place of a code: the connection ended before the reply did. */
    static final int END = -1;

    /** In place of a code: a line that doesn't begin with three digits, or a reply without an end. */
    static final int GARBLED = -2;

    /** How much of a reply is kept. */
    private static final int LONGEST_KEPT = 4_000;

    private static final int LONGEST_READ = 1_000_000;

    private final InputStream in;
    private final byte[] buffer = new byte[8_192];
    private int position;
    private int limit;
    private final byte[] kept = new byte[LONGEST_KEPT];
    private int keptSize;
    private int octetsRead;
    private boolean lastLine;

    ReplyReader(InputStream in) {
        this.in = in;
    }

    /** Waits for the next reply; its code (000 to 999; that of its first line), END or GARBLED. */
    int read() throws IOException {
        keptSize = 0;
        octetsRead = 0;
        int code = readLine();
        while (code >= 0 && !lastLine) {
            int further = readLine();
            code = further < 0 ? further : code;
        }
        return code;
    }

    /** The reply that was read last, as it came, lines and all, but not more than 4,000 octets of it. */
    String response() {
        return new String(kept, 0, keptSize, StandardCharsets.UTF_8).strip();
    }

    /** Whether more has been received already than was read. */
    boolean hasMore() {
        return position < limit;
    }

    /** Waits for something, at most for the socket's time-out; false when the connection has ended. */
    boolean await() throws IOException {
        return hasMore() || fill();
    }

    private int readLine() throws IOException {
        int code = 0;
        int length = 0;
        lastLine = true;
        for (int octet = next(); octet != '\n'; octet = next()) {
            if (octet < 0 && length == 0) {
                return END;
            } else if (octet < 0) {
                return length < 3 ? END : code;
            } else if (length < 3) {
                code = code < 0 || octet < '0' || octet > '9' ? GARBLED : code * 10 + octet - '0';
            } else if (length == 3) {
                lastLine = octet != '-';
            }
            length++;
            keep(octet);
            if (++octetsRead > LONGEST_READ) {
                return GARBLED;
            }
        }
        keep('\n');
        return length < 3 ? GARBLED : code;
    }

    private void keep(int octet) {
        if (keptSize < LONGEST_KEPT) {
            kept[keptSize++] = (byte) octet;
        }
    }

    private int next() throws IOException {
        return position < limit || fill() ? buffer[position++] & 0xFF : -1;
    }

    private boolean fill() throws IOException {
        // Before anything can be thrown: what was read once must never be taken for another reply.
        position = 0;
        limit = 0;
        limit = Math.max(0, in.read(buffer, 0, buffer.length));
        return limit > 0;
    }
}
