package dev.herald.bench;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What the delayed case and the counts rest on: the proxy and the sink of our own, on real sockets. */
@Timeout(30)
class TcpProxyTest {
    private static final Duration DELAY = Duration.ofMillis(60);
    private static final String MAIL = "DATA\r\nMessage-ID: <%s@example.org>\r\n\r\nHello\r\n.\r\n";

    @Test
    void delay_ofCommandsSentTogether_isPaidOnce() throws IOException {
        try (OwnSink sink = OwnSink.start();
                TcpProxy proxy = TcpProxy.inFrontOf(sink.port(), DELAY);
                Socket socket = new Socket(InetAddress.getLoopbackAddress(), proxy.port())) {
            converse(socket, "", 1);
            long start = System.nanoTime();
            List<String> replies = converse(socket, "EHLO a\r\nMAIL FROM:<>\r\nRCPT TO:<b@example.org>\r\n", 5);
            Duration taken = Duration.ofNanos(System.nanoTime() - start);
            assertThat(replies).hasSize(5).allMatch(reply -> reply.startsWith("250"));
            assertThat(taken).isGreaterThanOrEqualTo(DELAY.minusMillis(1)).isLessThan(DELAY.multipliedBy(3));
        }
    }

    @Test
    void roundTrips_ofADialogue_areCounted() throws IOException {
        try (OwnSink sink = OwnSink.start();
                TcpProxy proxy = TcpProxy.inFrontOf(sink.port(), Duration.ZERO);
                Socket socket = new Socket(InetAddress.getLoopbackAddress(), proxy.port())) {
            converse(socket, "", 1);
            long before = proxy.roundTrips();
            converse(socket, "EHLO a\r\n", 3);
            converse(socket, "MAIL FROM:<>\r\nRCPT TO:<b@example.org>\r\n", 2);
            assertThat(proxy.roundTrips() - before).isEqualTo(2);
        }
    }

    @Test
    void sink_gettingAMailTwice_tellsMailsFromAcceptances() throws IOException {
        try (OwnSink sink = OwnSink.start();
                Socket socket = new Socket(InetAddress.getLoopbackAddress(), sink.port())) {
            converse(socket, MAIL.formatted("one") + MAIL.formatted("one") + MAIL.formatted("two"), 7);
            assertThat(sink.accepted()).isEqualTo(3);
            assertThat(sink.distinct()).isEqualTo(2);
        }
    }

    /** Sends, and reads so many lines. */
    private static List<String> converse(Socket socket, String commands, int lines) throws IOException {
        OutputStream out = socket.getOutputStream();
        out.write(commands.getBytes(StandardCharsets.US_ASCII));
        BufferedReader in =
                new BufferedReader(new InputStreamReader(socket.getInputStream(), StandardCharsets.US_ASCII), 1);
        List<String> replies = new ArrayList<>();
        while (replies.size() < lines) {
            replies.add(in.readLine());
        }
        return replies;
    }
}
