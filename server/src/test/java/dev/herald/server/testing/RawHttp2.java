package dev.herald.server.testing;

import java.io.ByteArrayOutputStream;
import java.io.Closeable;
import java.io.DataInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.SocketException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSocket;

/** A client that writes whatever HTTP/2 frames a test wants, in any order, as no honest client would. */
public final class RawHttp2 implements Closeable {
    public static final int HEADERS = 1;
    public static final int RST_STREAM = 3;
    public static final int SETTINGS = 4;
    public static final int PING = 6;
    public static final int GOAWAY = 7;
    public static final int WINDOW_UPDATE = 8;
    public static final int END_STREAM = 1;
    public static final int END_HEADERS = 4;
    public static final int CANCEL = 8;
    public static final int ENHANCE_YOUR_CALM = 11;
    public static final byte[] PREFACE = "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".getBytes(StandardCharsets.US_ASCII);

    private static final int PATIENCE_MILLIS = 30_000;

    private final Socket socket;
    private final OutputStream out;
    private final DataInputStream in;

    /** A frame the server sent. */
    public record Frame(int type, int flags, int stream, byte[] payload) {}

    private RawHttp2(Socket socket) throws IOException {
        this.socket = socket;
        this.out = socket.getOutputStream();
        this.in = new DataInputStream(socket.getInputStream());
    }

    /** Connected, and silent. */
    public static RawHttp2 connect(int port) {
        try {
            Socket socket = new Socket(InetAddress.getLoopbackAddress(), port);
            socket.setSoTimeout(PATIENCE_MILLIS);
            socket.setTcpNoDelay(true);
            return new RawHttp2(socket);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Connected, and through with TLS. */
    public static RawHttp2 connect(int port, SSLContext tls) {
        try {
            SSLSocket socket = (SSLSocket) tls.getSocketFactory().createSocket(InetAddress.getLoopbackAddress(), port);
            SSLParameters parameters = socket.getSSLParameters();
            parameters.setApplicationProtocols(new String[] {"h2"});
            socket.setSSLParameters(parameters);
            socket.setSoTimeout(PATIENCE_MILLIS);
            socket.startHandshake();
            return new RawHttp2(socket);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Connected, and through with the preface. */
    public static RawHttp2 open(int port) {
        RawHttp2 client = connect(port);
        client.bytes(PREFACE);
        client.frame(SETTINGS, 0, 0, new byte[0]);
        return client;
    }

    /** Whether they could be written; a server that has had enough doesn't take them. */
    public boolean bytes(byte[] bytes) {
        try {
            out.write(bytes);
            return true;
        } catch (SocketException e) {
            return false;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    public boolean frame(int type, int flags, int stream, byte[] payload) {
        ByteBuffer frame = ByteBuffer.allocate(9 + payload.length);
        frame.put((byte) (payload.length >>> 16)).putShort((short) payload.length);
        frame.put((byte) type).put((byte) flags).putInt(stream).put(payload);
        return bytes(frame.array());
    }

    /** The beginning of a call. */
    public boolean call(int stream, String path) {
        ByteArrayOutputStream block = new ByteArrayOutputStream();
        field(block, ":method", "POST");
        field(block, ":scheme", "http");
        field(block, ":path", path);
        field(block, ":authority", "localhost");
        Map.of("content-type", "application/grpc", "te", "trailers")
                .forEach((name, value) -> field(block, name, value));
        return frame(HEADERS, END_HEADERS, stream, block.toByteArray());
    }

    public boolean reset(int stream) {
        return frame(RST_STREAM, 0, stream, number(CANCEL));
    }

    /** Of nothing, which is an error of the stream: the server must reset it. */
    public boolean emptyWindowUpdate(int stream) {
        return frame(WINDOW_UPDATE, 0, stream, number(0));
    }

    public boolean ping() {
        return frame(PING, 0, 0, new byte[8]);
    }

    /** The code of the GOAWAY the server ends the connection with; empty when it ends without one. */
    public OptionalInt goAway() {
        OptionalInt code = OptionalInt.empty();
        for (Optional<Frame> next = next(); next.isPresent(); next = next()) {
            if (next.get().type == GOAWAY) {
                code = OptionalInt.of(ByteBuffer.wrap(next.get().payload).getInt(4));
            }
        }
        return code;
    }

    /** Waits until the server has ended the connection, whatever it says before. */
    public void awaitEnd() {
        try {
            in.skipNBytes(Long.MAX_VALUE);
        } catch (EOFException | SocketException e) {
            // That is the end.
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The next frame; empty at the end. */
    public Optional<Frame> next() {
        try {
            int length = in.readUnsignedByte() << 16 | in.readUnsignedShort();
            int type = in.readUnsignedByte();
            int flags = in.readUnsignedByte();
            int stream = in.readInt();
            return Optional.of(new Frame(type, flags, stream, in.readNBytes(length)));
        } catch (EOFException | SocketException e) {
            return Optional.empty();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public void close() {
        try {
            socket.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** HPACK without its tables (RFC 7541, 6.2.2). */
    private static void field(ByteArrayOutputStream block, String name, String value) {
        block.write(0);
        for (String text : new String[] {name, value}) {
            block.write(text.length());
            block.writeBytes(text.getBytes(StandardCharsets.US_ASCII));
        }
    }

    private static byte[] number(int value) {
        return ByteBuffer.allocate(4).putInt(value).array();
    }
}
