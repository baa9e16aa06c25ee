package dev.herald.bench;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * A TCP proxy on loopback, on one thread for all its connections, that can make the network long and counts round trips: every
 * time a client speaks after the server has spoken. Octets go to the server at once and come back after the delay, each
 * piece that long after it was read (to half a millisecond), so pieces under way don't wait for one another.
 */
final class TcpProxy implements AutoCloseable {
    private static final int BUFFER = 1 << 16;
    private static final long MILLISECOND = 1_000_000;

    private final int target;
    private final long delayNanos;
    private final Selector selector;
    private final ServerSocketChannel listener;
    private final Deque<Piece> underWay = new ArrayDeque<>();
    private final ByteBuffer buffer = ByteBuffer.allocateDirect(BUFFER);
    private final AtomicLong roundTrips = new AtomicLong();
    private volatile boolean open = true;

    /** Octets on their way back, or with null the end of them. */
    private record Piece(long due, ProxyEnd to, @Nullable ByteBuffer octets) {}

    private TcpProxy(int target, Duration delay) throws IOException {
        this.target = target;
        this.delayNanos = delay.toNanos();
        this.selector = Selector.open();
        this.listener =
                ServerSocketChannel.open().bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 512);
        listener.configureBlocking(false);
        listener.register(selector, SelectionKey.OP_ACCEPT);
        Threads.daemon("proxy", this::run);
    }

    /** In front of a port of this machine. */
    static TcpProxy inFrontOf(int port, Duration replyDelay) {
        try {
            return new TcpProxy(port, replyDelay);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    int port() {
        return listener.socket().getLocalPort();
    }

    long roundTrips() {
        return roundTrips.get();
    }

    @Override
    public void close() {
        open = false;
        selector.wakeup();
    }

    private void run() throws IOException {
        try (listener;
                selector) {
            while (open) {
                await(deliverDue());
                for (SelectionKey key : selector.selectedKeys()) {
                    handle(key);
                }
                selector.selectedKeys().clear();
            }
            for (SelectionKey key : selector.keys()) {
                key.channel().close();
            }
        }
    }

    /** A selector counts whole milliseconds; the rest is waited for by the clock. */
    private void await(long nanos) throws IOException {
        if (nanos == Long.MAX_VALUE) {
            selector.select();
        } else if (nanos >= MILLISECOND) {
            selector.select(nanos / MILLISECOND);
        } else {
            LockSupport.parkNanos(nanos);
            selector.selectNow();
        }
    }

    /** Sends what has been under way long enough; how long the next still is. */
    private long deliverDue() {
        for (Piece next = underWay.peek(); next != null; next = underWay.peek()) {
            long left = next.due - System.nanoTime();
            if (left > MILLISECOND / 2) {
                return left;
            }
            underWay.remove();
            next.to.send(next.octets);
        }
        return Long.MAX_VALUE;
    }

    private void handle(SelectionKey key) throws IOException {
        if (!key.isValid()) {
            return;
        }
        if (key.isAcceptable()) {
            accept();
            return;
        }
        ProxyEnd end = (ProxyEnd) key.attachment();
        if (key.isWritable()) {
            end.flush();
        }
        if (key.isValid() && key.isReadable()) {
            read(end);
        }
    }

    private void accept() throws IOException {
        SocketChannel client = listener.accept();
        SocketChannel server = SocketChannel.open(new InetSocketAddress(InetAddress.getLoopbackAddress(), target));
        ProxyEnd clientEnd = register(client, true);
        ProxyEnd serverEnd = register(server, false);
        clientEnd.join(serverEnd);
        serverEnd.join(clientEnd);
    }

    private ProxyEnd register(SocketChannel channel, boolean client) throws IOException {
        channel.configureBlocking(false);
        channel.setOption(StandardSocketOptions.TCP_NODELAY, true);
        SelectionKey key = channel.register(selector, SelectionKey.OP_READ);
        ProxyEnd end = new ProxyEnd(channel, key, client);
        key.attach(end);
        return end;
    }

    private void read(ProxyEnd end) {
        buffer.clear();
        int octets = end.read(buffer);
        if (octets == 0) {
            return;
        }
        ByteBuffer piece = octets < 0 ? null : copy();
        if (end.isClient()) {
            if (octets > 0 && end.speaks()) {
                roundTrips.incrementAndGet();
            }
            end.other().send(piece);
        } else if (delayNanos == 0) {
            end.speaks();
            end.other().send(piece);
        } else {
            end.speaks();
            underWay.add(new Piece(System.nanoTime() + delayNanos, end.other(), piece));
        }
    }

    private ByteBuffer copy() {
        buffer.flip();
        return ByteBuffer.allocate(buffer.remaining()).put(buffer).flip();
    }
}
