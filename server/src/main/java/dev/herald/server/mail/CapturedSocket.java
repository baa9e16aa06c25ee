package dev.herald.server.mail;

import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import javax.net.SocketFactory;
import javax.net.ssl.SSLSocketFactory;
import org.jspecify.annotations.Nullable;

/** Keeps hold of the socket that jakarta.mail opens, so that it can be closed from another thread. Thread-safe. */
final class CapturedSocket {
    private final SSLSocketFactory tls;
    private volatile @Nullable Socket socket;
    private volatile boolean cut;

    CapturedSocket(SSLSocketFactory tls) {
        this.tls = tls;
    }

    /** Cuts the connection without a word; a thread that reads or writes gets an exception. */
    void cut() {
        cut = true;
        Socket open = socket;
        if (open == null) {
            return;
        }
        try {
            // Otherwise closing a TLS socket waits for a writer that is stuck.
            open.setSoLinger(true, 0);
        } catch (IOException e) {
            // Closed already.
        }
        closeQuietly(open);
    }

    boolean wasCut() {
        return cut;
    }

    SocketFactory plainFactory() {
        return new Factory(SocketFactory.getDefault());
    }

    SSLSocketFactory tlsFactory() {
        return new Factory(tls);
    }

    private Socket capture(Socket opened) {
        socket = opened;
        return opened;
    }

    private static void closeQuietly(Socket open) {
        try {
            open.close();
        } catch (IOException e) {
            // It is of no use any more.
        }
    }

    /** Made for one connection; a socket layered over a captured one needs no capture of its own. */
    private final class Factory extends SSLSocketFactory {
        private final SocketFactory first;

        Factory(SocketFactory first) {
            this.first = first;
        }

        @Override
        public Socket createSocket() throws IOException {
            return capture(first.createSocket());
        }

        @Override
        public Socket createSocket(Socket plain, String host, int port, boolean autoClose) throws IOException {
            return tls.createSocket(plain, host, port, autoClose);
        }

        @Override
        public Socket createSocket(String host, int port) throws IOException {
            return capture(first.createSocket(host, port));
        }

        @Override
        public Socket createSocket(String host, int port, InetAddress local, int localPort) throws IOException {
            return capture(first.createSocket(host, port, local, localPort));
        }

        @Override
        public Socket createSocket(InetAddress host, int port) throws IOException {
            return capture(first.createSocket(host, port));
        }

        @Override
        public Socket createSocket(InetAddress host, int port, InetAddress local, int localPort) throws IOException {
            return capture(first.createSocket(host, port, local, localPort));
        }

        @Override
        public String[] getDefaultCipherSuites() {
            return tls.getDefaultCipherSuites();
        }

        @Override
        public String[] getSupportedCipherSuites() {
            return tls.getSupportedCipherSuites();
        }
    }
}
