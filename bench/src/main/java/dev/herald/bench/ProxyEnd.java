package dev.herald.bench;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.SocketChannel;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** One end of a proxied connection. For the proxy's thread alone. */
final class ProxyEnd {
    private final SocketChannel channel;
    private final SelectionKey key;
    private final boolean client;
    private final Deque<ByteBuffer> unsent = new ArrayDeque<>();
    private @Nullable ProxyEnd other;
    private boolean spokeLast;

    ProxyEnd(SocketChannel channel, SelectionKey key, boolean client) {
        this.channel = channel;
        this.key = key;
        this.client = client;
    }

    void join(ProxyEnd end) {
        other = end;
    }

    ProxyEnd other() {
        return Objects.requireNonNull(other);
    }

    boolean isClient() {
        return client;
    }

    /** Notes that this end speaks; whether the other one spoke before it, or nobody yet. */
    boolean speaks() {
        boolean changed = !spokeLast;
        spokeLast = true;
        other().spokeLast = false;
        return changed;
    }

    /** How many octets came; negative at their end, which a broken connection is too. */
    int read(ByteBuffer buffer) {
        try {
            int octets = channel.read(buffer);
            if (octets < 0) {
                key.interestOpsAnd(~SelectionKey.OP_READ);
            }
            return octets;
        } catch (IOException e) {
            close();
            return -1;
        }
    }

    /** Sends octets; null says that there will be no more, which ends the connection. */
    void send(@Nullable ByteBuffer octets) {
        if (octets == null) {
            close();
            other().close();
            return;
        }
        unsent.add(octets);
        flush();
    }

    void flush() {
        try {
            while (!unsent.isEmpty() && channel.isOpen()) {
                channel.write(unsent.element());
                if (unsent.element().hasRemaining()) {
                    key.interestOpsOr(SelectionKey.OP_WRITE);
                    return;
                }
                unsent.remove();
            }
            if (key.isValid()) {
                key.interestOpsAnd(~SelectionKey.OP_WRITE);
            }
        } catch (IOException e) {
            close();
            other().close();
        }
    }

    void close() {
        try {
            channel.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
