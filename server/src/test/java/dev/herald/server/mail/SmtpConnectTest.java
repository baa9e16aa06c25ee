package dev.herald.server.mail;

import static dev.herald.server.testing.ScriptedSmtpServer.DRIBBLE;
import static dev.herald.server.testing.ScriptedSmtpServer.DROP;
import static dev.herald.server.testing.ScriptedSmtpServer.HANG;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.herald.server.testing.ScriptedSmtpServer;
import dev.herald.server.testing.ScriptedSmtpServer.Stage;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.time.Duration;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Before the first mail. */
@Timeout(60)
class SmtpConnectTest {
    private final ScriptedSmtpServer server = ScriptedSmtpServer.start();

    @AfterEach
    void close() {
        server.close();
    }

    @ParameterizedTest
    @CsvSource({"CONNECT, 421 4.7.0 too busy, 421", "CONNECT, 554 5.7.1 blocked, 554", "EHLO, 550 go away, 550"})
    void connect_refusal_isUnavailableWithItsReply(Stage stage, String reply, int code) {
        server.reply(stage, reply);
        assertThatThrownBy(() -> transport(SmtpTransportTest.PATIENT).connect())
                .isInstanceOfSatisfying(RelayUnavailableException.class, e -> {
                    assertThat(e.reply().code()).isEqualTo(code);
                    assertThat(e.relay()).isEqualTo("127.0.0.1:" + server.port());
                });
    }

    @ParameterizedTest
    @CsvSource({"CONNECT, true", "CONNECT, false", "EHLO, true", "EHLO, false"})
    void connect_dropOrSilence_isUnavailable(Stage stage, boolean drop) {
        server.reply(stage, drop ? DROP : HANG);
        assertThatThrownBy(() -> transport(SmtpTransportTest.HASTY).connect())
                .isInstanceOf(RelayUnavailableException.class);
        Awaitility.await().until(() -> server.openConnections() == 0);
    }

    @Test
    void connect_greetingDribbles_endsAtTheDeadline() {
        server.reply(Stage.CONNECT, DRIBBLE + "220 " + "x".repeat(1_000));
        SmtpTimeouts timeouts = SmtpTransportTest.timeouts(Duration.ofSeconds(20), Duration.ofSeconds(1));
        assertThatThrownBy(() -> transport(timeouts).connect()).isInstanceOf(RelayUnavailableException.class);
    }

    @Test
    void connect_timeOut_isTriedOnceMoreAtOnce() throws Exception {
        // The queue of a listener that never accepts is full after a few connections; further ones get no answer.
        try (ServerSocket full = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            Fillers fillers = new Fillers(full.getLocalPort());
            SmtpTimeouts timeouts = new SmtpTimeouts(
                    Duration.ofMillis(500), Duration.ofSeconds(20), Duration.ofSeconds(20), Duration.ofSeconds(30));
            long start = System.nanoTime();
            assertThatThrownBy(() -> SmtpTransportTest.transport(timeouts, "127.0.0.1:" + full.getLocalPort())
                            .connect())
                    .isInstanceOf(RelayUnavailableException.class);
            assertThat(Duration.ofNanos(System.nanoTime() - start))
                    .isBetween(Duration.ofMillis(950), Duration.ofSeconds(5));
            fillers.close();
        }
    }

    private MailTransport transport(SmtpTimeouts timeouts) {
        return SmtpTransportTest.transport(timeouts, "127.0.0.1:" + server.port());
    }
}
