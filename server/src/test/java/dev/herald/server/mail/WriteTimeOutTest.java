package dev.herald.server.mail;

import static org.assertj.core.api.Assertions.assertThat;

import dev.herald.server.mail.DeliveryOutcome.Kind;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A relay that gives the go-ahead and then takes nothing, or hangs up amid the content. */
@Timeout(60)
class WriteTimeOutTest {
    private static final EmailMessage LARGE = new EmailMessage(
            "1.1@example.org",
            Mailbox.parse("no-reply@example.org"),
            Mailbox.parse("ann@example.org"),
            "Large",
            "text",
            "<p>line</p>\n".repeat(1_000_000),
            Instant.EPOCH);

    private final CountDownLatch over = new CountDownLatch(1);

    @Test
    void send_relayStopsReading_endsAtTheWriteTimeOutAndIsNotUnknown() throws Exception {
        try (ServerSocket listener = listen()) {
            CompletableFuture<Void> relay = serve(listener, false);
            long start = System.nanoTime();
            DeliveryOutcome outcome = connect(listener).send(LARGE);
            assertThat(outcome.kind()).isEqualTo(Kind.TRANSIENT);
            assertThat(outcome.reply().text()).contains("DATA", "no end within the time allowed");
            assertThat(Duration.ofNanos(System.nanoTime() - start))
                    .isBetween(Duration.ofMillis(950), Duration.ofSeconds(15));
            over.countDown();
            relay.join();
        }
    }

    @Test
    void send_relayHangsUpAmidALargeMail_isNotUnknown() throws Exception {
        try (ServerSocket listener = listen()) {
            CompletableFuture<Void> relay = serve(listener, true);
            assertThat(connect(listener).send(LARGE).kind()).isEqualTo(Kind.TRANSIENT);
            relay.join();
        }
    }

    private static MailConnection connect(ServerSocket listener) throws Exception {
        SmtpTimeouts timeouts = new SmtpTimeouts(
                Duration.ofSeconds(10), Duration.ofSeconds(30), Duration.ofSeconds(1), Duration.ofSeconds(50));
        return SmtpTransportTest.transport(timeouts, "127.0.0.1:" + listener.getLocalPort())
                .connect();
    }

    private static ServerSocket listen() throws IOException {
        ServerSocket listener = new ServerSocket();
        // Inherited by its connections: a small window.
        listener.setReceiveBufferSize(2_048);
        listener.bind(new InetSocketAddress(InetAddress.getByAddress(new byte[] {127, 0, 0, 1}), 0));
        return listener;
    }

    private CompletableFuture<Void> serve(ServerSocket listener, boolean hangUp) {
        return CompletableFuture.runAsync(() -> {
            try (Socket socket = listener.accept()) {
                say(socket, "220 tiny ESMTP");
                BufferedReader in = new BufferedReader(
                        new InputStreamReader(socket.getInputStream(), StandardCharsets.ISO_8859_1), 64);
                for (int i = 0; i < 3; i++) {
                    in.readLine();
                    say(socket, "250 ok");
                }
                in.readLine();
                say(socket, "354 go ahead");
                if (!hangUp) {
                    over.await();
                }
            } catch (IOException | InterruptedException e) {
                throw new AssertionError(e);
            }
        });
    }

    private static void say(Socket socket, String reply) throws IOException {
        socket.getOutputStream().write((reply + "\r\n").getBytes(StandardCharsets.US_ASCII));
    }
}
