package dev.herald.server.mail;

import java.io.IOException;
import java.io.OutputStream;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.util.concurrent.TimeUnit;

/**
 * What goes over a connection once jakarta.mail has opened it: a flight of commands or content as one write, a reply at a
 * time. Not thread-safe.
 *
 * <p>A flight holds one mail's content at most, and the replies that a relay may owe while it takes one in are a few lines: they
 * fit into any socket's buffers, so neither side ends up waiting for the other to read.
 */
final class SmtpWire {
    private static final long LONG_IDLE = TimeUnit.MILLISECONDS.toNanos(100);

    private final Socket socket;
    private final OutputStream out;
    private final ReplyReader replies;
    private final Watchdog.Leash leash;
    private long lastWrite = System.nanoTime();

    /**
     * Takes over behind a reply. Anything a relay said after it of its own accord may be left behind in jakarta.mail's buffer; if
     * that was a goodbye, the end of the connection follows here.
     */
    SmtpWire(Socket socket, Watchdog.Leash leash) throws IOException {
        // Each flight is whole as it is written; there is nothing to wait for.
        socket.setTcpNoDelay(true);
        this.socket = socket;
        this.out = socket.getOutputStream();
        this.replies = new ReplyReader(socket.getInputStream());
        this.leash = leash;
    }

    void write(Octets flight) throws IOException {
        write(flight, 0, flight.size());
    }

    void write(Octets flight, int start, int end) throws IOException {
        leash.startWrite();
        try {
            flight.writeTo(out, start, end);
        } finally {
            leash.endWrite();
        }
        lastWrite = System.nanoTime();
    }

    /** The next reply's code, or what {@link ReplyReader#read} says instead. */
    int read() throws IOException {
        return replies.read();
    }

    String response() {
        return replies.response();
    }

    /**
     * Whether the relay says more than it was asked, or has gone. When the last flight left a while ago that takes a look at
     * the socket, as a relay that lost its patience may have said goodbye.
     */
    boolean isOutOfStep() throws IOException {
        return replies.hasMore() || (System.nanoTime() - lastWrite > LONG_IDLE && !isSilent());
    }

    private boolean isSilent() throws IOException {
        int timeout = socket.getSoTimeout();
        socket.setSoTimeout(1);
        try {
            replies.await();
            return false;
        } catch (SocketTimeoutException e) {
            return true;
        } finally {
            socket.setSoTimeout(timeout);
        }
    }
}
