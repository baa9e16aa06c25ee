package dev.herald.server.mail;

import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import javax.net.SocketFactory;
import javax.net.ssl.SSLSocketFactory;
import org.jspecify.annotations.Nullable;

/**
 * Keeps hold of the socket that jakarta.mail opens, so that it can be closed from another thread, and used once jakarta.mail
 * has done its part. Thread-safe.
 */
final class CapturedSocket {
    private final SSLSocketFactory tls;
    private volatile @Nullable Socket socket;
    private volatile @Nullable Socket layered;
    private volatile boolean cut;

    CapturedSocket(SSLSocketFactory tls) {
        this.tls = tls;
    }

    /** Cuts the connection without a word; a thread that reads or writes gets an exception. */
    void cut() {
        cut = true;
        Socket open = socket;
        if (open != null) {
            abort(open);
        }
    }

    boolean wasCut() {
        return cut;
    }

    /** The socket to talk over: that of TLS where there is one. */
    Socket open() throws IOException {
        Socket talking = layered == null ? socket : layered;
        if (talking == null) {
            throw new IOException("no connection was opened");
        }
        return talking;
    }

    SocketFactory plainFactory() {
        return new PlainFactory();
    }

    SSLSocketFactory tlsFactory() {
        return new TlsFactory();
    }

    private Socket capture(Socket opened) {
        socket = opened;
        if (cut) {
            abort(opened);
        }
        return opened;
    }

    private static void abort(Socket open) {
        try {
            // Otherwise closing a TLS socket waits for a writer that is stuck.
            open.setSoLinger(true, 0);
        } catch (IOException e) {
            // Closed already.
        }
        try {
            open.close();
        } catch (IOException e) {
            // It is of no use any more.
        }
    }

    /** jakarta.mail makes its sockets unconnected, by the method without parameters. */
    private final class PlainFactory extends SocketFactory {
        private final SocketFactory plain = SocketFactory.getDefault();

        @Override
        public Socket createSocket() throws IOException {
            return capture(plain.createSocket());
        }

        @Override
        public Socket createSocket(String host, int port) throws IOException {
            return capture(plain.createSocket(host, port));
        }

        @Override
        public Socket createSocket(String host, int port, InetAddress local, int localPort) throws IOException {
            return capture(plain.createSocket(host, port, local, localPort));
        }

        @Override
        public Socket createSocket(InetAddress host, int port) throws IOException {
            return capture(plain.createSocket(host, port));
        }

        @Override
        public Socket createSocket(InetAddress host, int port, InetAddress local, int localPort) throws IOException {
            return capture(plain.createSocket(host, port, local, localPort));
        }
    }

    /** Of a socket layered over one of the plain factory's, that one is closed: it doesn't wait for TLS's goodbyes. */
    private final class TlsFactory extends SSLSocketFactory {
        @Override
        public Socket createSocket() throws IOException {
            return capture(tls.createSocket());
        }

        @Override
        public Socket createSocket(Socket plain, String host, int port, boolean autoClose) throws IOException {
            Socket over = tls.createSocket(plain, host, port, autoClose);
            layered = over;
            return over;
        }

        @Override
        public Socket createSocket(String host, int port) throws IOException {
            return capture(tls.createSocket(host, port));
        }

        @Override
        public Socket createSocket(String host, int port, InetAddress local, int localPort) throws IOException {
            return capture(tls.createSocket(host, port, local, localPort));
        }

        @Override
        public Socket createSocket(InetAddress host, int port) throws IOException {
            return capture(tls.createSocket(host, port));
        }

        @Override
        public Socket createSocket(InetAddress host, int port, InetAddress local, int localPort) throws IOException {
            return capture(tls.createSocket(host, port, local, localPort));
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
