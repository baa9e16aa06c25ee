package dev.herald.server.testing;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/** Takes connections on 127.0.0.1, each on a daemon thread of its own, which ends when either side goes. Thread-safe. */
public final class LoopbackListener implements AutoCloseable {
    private static final int BACKLOG = 500;

    private final Work<Socket> conversation;
    private final Set<Socket> open = ConcurrentHashMap.newKeySet();
    private final int port;
    private volatile ServerSocket listener;

    /** What is done with a connection; it ends with it. */
    @FunctionalInterface
    public interface Work<T> {
        void on(T connection) throws IOException;
    }

    private LoopbackListener(Work<Socket> conversation) {
        this.conversation = conversation;
        this.listener = listen(0);
        this.port = listener.getLocalPort();
        acceptOn(listener);
    }

    /** Listens on a free port. */
    public static LoopbackListener start(Work<Socket> conversation) {
        return new LoopbackListener(conversation);
    }

    public int port() {
        return port;
    }

    /** How many connections are open now. */
    public int connections() {
        return open.size();
    }

    /** Closes every open connection; new ones are taken. */
    public void dropConnections() {
        open.forEach(LoopbackListener::close);
    }

    /** Plays dead: refuses new connections and closes the open ones. */
    public void goDown() {
        close(listener);
        dropConnections();
    }

    /** Listens again on the same port. */
    public void goUp() {
        listener = listen(port);
        acceptOn(listener);
    }

    @Override
    public void close() {
        goDown();
    }

    /** Connects to another port of this machine and runs the work; the connection counts as one of the open ones. */
    public void connect(int upstream, Work<Socket> work) throws IOException {
        try (Socket server = new Socket(InetAddress.getLoopbackAddress(), upstream)) {
            server.setTcpNoDelay(true);
            keeping(server, work);
        }
    }

    /** Runs work on a daemon thread; a socket that was closed is how it ends. */
    public static <T> void daemon(T subject, Work<T> work) {
        Thread thread = new Thread(() -> {
            try {
                work.on(subject);
            } catch (IOException e) {
                // The other side went away, or the test closed this one.
            }
        });
        thread.setDaemon(true);
        thread.start();
    }

    private void acceptOn(ServerSocket socket) {
        daemon(socket, accepting -> {
            while (!accepting.isClosed()) {
                daemon(accepting.accept(), this::converse);
            }
        });
    }

    private void converse(Socket connection) throws IOException {
        try (connection) {
            connection.setTcpNoDelay(true);
            keeping(connection, conversation);
        }
    }

    private void keeping(Socket connection, Work<Socket> work) throws IOException {
        open.add(connection);
        try {
            work.on(connection);
        } finally {
            open.remove(connection);
        }
    }

    private static ServerSocket listen(int port) {
        try {
            ServerSocket socket = new ServerSocket();
            socket.setReuseAddress(true);
            socket.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), BACKLOG);
            return socket;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static void close(AutoCloseable socket) {
        try {
            socket.close();
        } catch (Exception e) {
            throw new AssertionError(e);
        }
    }
}
