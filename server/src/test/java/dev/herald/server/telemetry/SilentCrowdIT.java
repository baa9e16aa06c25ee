package dev.herald.server.telemetry;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.herald.server.testing.HeraldProcess;
import dev.herald.server.testing.Http;
import dev.herald.server.testing.ScriptedSmtpServer;
import dev.herald.server.testing.TestDatabase;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** In a process of its own, since the limits of Java's HTTP server hold for a whole one. */
class SilentCrowdIT {
    /** Whoever connects and says nothing holds a thread, and there are few: but not for ever. */
    @Test
    void liveness_crowdThatNeverFinishesItsRequests_isToldAgainSoon() throws IOException {
        int port = freePort();
        try (ScriptedSmtpServer relay = ScriptedSmtpServer.start();
                HeraldProcess herald = HeraldProcess.serve(settings(port, relay))) {
            assertThat(herald.isAlive()).isTrue();
            assertThat(Http.get(port, "/livez").statusCode()).isEqualTo(200);
            List<Socket> silent = new ArrayList<>();
            for (int i = 0; i < 20; i++) {
                Socket socket = new Socket(InetAddress.getLoopbackAddress(), port);
                socket.getOutputStream().write("GET /liv".getBytes(StandardCharsets.US_ASCII));
                silent.add(socket);
            }
            await().atMost(Duration.ofSeconds(60))
                    .ignoreExceptionsMatching(AssertionError.class::isInstance)
                    .until(() -> Http.get(port, "/livez").statusCode() == 200);
            for (Socket socket : silent) {
                socket.close();
            }
        }
    }

    private static Map<String, String> settings(int port, ScriptedSmtpServer relay) {
        Map<String, String> settings = new HashMap<>(HeraldProcess.settings(TestDatabase.newDatabase(), relay));
        settings.put("METRICS_PORT", Integer.toString(port));
        return settings;
    }

    private static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        }
    }
}
