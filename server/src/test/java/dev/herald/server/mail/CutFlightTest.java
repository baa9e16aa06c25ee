package dev.herald.server.mail;

import static org.assertj.core.api.Assertions.assertThat;

import dev.herald.server.mail.DeliveryOutcome.Kind;
import jakarta.mail.Session;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import java.util.Properties;
import javax.net.ssl.SSLSocketFactory;
import org.eclipse.angus.mail.smtp.SMTPTransport;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** Writes that fail part-way, at every place: only what may hold a final dot leaves the outcome unknown. */
class CutFlightTest {
    private static final Watchdog WATCHDOG = new Watchdog(SmtpTimeouts.DEFAULT);
    private static final EmailMessage ANN = TestMails.numbered(1, "ann@example.org");
    private static final EmailMessage BEN = TestMails.numbered(2, "ben@example.org");
    private static final String ENVELOPE = "250 ok\r\n250 ok\r\n354 go ahead\r\n";

    @Test
    void send_writeFailsAnywhere_isUnknownFromTheContentOn() throws Exception {
        int envelope = sentBy(ANN, null, "250 ok\r\n250 ok\r\n451 no\r\n250 reset\r\n") - "RSET\r\n".length();
        int whole = sentBy(ANN, BEN, ENVELOPE + "250 queued\r\n");
        assertThat(envelope).isBetween(60, 100);
        assertThat(whole).isBetween(600, 1_000);
        for (int cut = 0; cut < whole; cut++) {
            MailConnection connection = connect(new CutSocket(cut, ENVELOPE + "250 queued\r\n"));
            assertThat(connection.send(ANN, BEN).kind())
                    .as("cut at %d", cut)
                    .isEqualTo(cut < envelope ? Kind.TRANSIENT : Kind.UNKNOWN);
            assertThat(connection.usable()).isFalse();
            assertThat(connection.send(BEN).kind()).isEqualTo(Kind.CONNECTION_LOST);
        }
    }

    private static int sentBy(EmailMessage mail, @Nullable EmailMessage next, String replies) throws IOException {
        CutSocket socket = new CutSocket(Integer.MAX_VALUE, replies);
        connect(socket).send(mail, next);
        return socket.sent.size();
    }

    private static MailConnection connect(CutSocket socket) throws IOException {
        CapturedSocket captured = new CapturedSocket(new FixedFactory(socket));
        captured.tlsFactory().createSocket();
        SMTPTransport session = new SMTPTransport(Session.getInstance(new Properties()), null) {
            @Override
            public boolean supportsExtension(String name) {
                return name.equals("PIPELINING");
            }
        };
        return new SmtpConnection("relay:25", session, captured, WATCHDOG.hold(captured));
    }

    /** Takes so many octets, then fails. */
    private static final class CutSocket extends Socket {
        private final int limit;
        private final OneReplyAtATime replies;
        private final ByteArrayOutputStream sent = new ByteArrayOutputStream();

        CutSocket(int limit, String replies) {
            this.limit = limit;
            this.replies = new OneReplyAtATime(replies);
        }

        @Override
        public InputStream getInputStream() {
            return replies;
        }

        @Override
        public OutputStream getOutputStream() {
            return new OutputStream() {
                @Override
                public void write(int octet) throws IOException {
                    if (sent.size() == limit) {
                        throw new IOException("Connection reset");
                    }
                    sent.write(octet);
                }
            };
        }

        @Override
        public int getSoTimeout() {
            return 60_000;
        }

        @Override
        public void setSoTimeout(int timeout) {
            replies.silent = timeout == 1;
        }

        @Override
        public void setTcpNoDelay(boolean on) {
            // Nothing goes over a network.
        }
    }

    /** As a relay's replies come; what isn't asked for yet can't be read. */
    private static final class OneReplyAtATime extends InputStream {
        private final byte[] octets;
        private int position;
        private boolean silent;

        OneReplyAtATime(String replies) {
            octets = replies.getBytes(StandardCharsets.US_ASCII);
        }

        @Override
        public int read() {
            return position < octets.length ? octets[position++] : -1;
        }

        @Override
        public int read(byte[] target, int offset, int length) throws IOException {
            if (silent) {
                throw new SocketTimeoutException();
            }
            int count = 0;
            for (int octet = read(); octet >= 0; octet = octet == '\n' ? -1 : read()) {
                target[offset + count++] = (byte) octet;
            }
            return count == 0 ? -1 : count;
        }
    }

    /** Hands out one socket. */
    private static final class FixedFactory extends SSLSocketFactory {
        private final Socket socket;

        FixedFactory(Socket socket) {
            this.socket = socket;
        }

        @Override
        public Socket createSocket() {
            return socket;
        }

        @Override
        public Socket createSocket(Socket plain, String host, int port, boolean autoClose) {
            return socket;
        }

        @Override
        public Socket createSocket(String host, int port) {
            return socket;
        }

        @Override
        public Socket createSocket(String host, int port, InetAddress local, int localPort) {
            return socket;
        }

        @Override
        public Socket createSocket(InetAddress host, int port) {
            return socket;
        }

        @Override
        public Socket createSocket(InetAddress host, int port, InetAddress local, int localPort) {
            return socket;
        }

        @Override
        public String[] getDefaultCipherSuites() {
            return new String[0];
        }

        @Override
        public String[] getSupportedCipherSuites() {
            return new String[0];
        }
    }
}
