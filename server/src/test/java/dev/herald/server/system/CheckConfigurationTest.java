package dev.herald.server.system;

import static dev.herald.server.testing.ScriptedSmtpServer.HANG;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.awaitility.Awaitility.await;

import dev.herald.server.caller.Role;
import dev.herald.server.testing.HeraldFixture;
import dev.herald.server.testing.ScriptedSmtpServer.Stage;
import dev.herald.v1.CheckConfigurationRequest;
import dev.herald.v1.CheckOutcome;
import dev.herald.v1.ConfigurationCheck;
import dev.herald.v1.GetSystemStatusRequest;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CheckConfigurationTest {
    private HeraldFixture herald;

    @BeforeEach
    void start() {
        herald = HeraldFixture.start();
    }

    @AfterEach
    void stop() {
        herald.close();
    }

    @Test
    void check_healthyServer_isRightInEverything() {
        List<ConfigurationCheck> checks = check();
        assertThat(checks)
                .extracting(ConfigurationCheck::getName)
                .containsExactly(
                        "settings",
                        "keys",
                        "sender",
                        "templates",
                        "database",
                        "schema",
                        "clock",
                        "relay 127.0.0.1:" + herald.relay().port());
        assertThat(checks).allSatisfy(check -> {
            assertThat(check.getOutcome()).isEqualTo(CheckOutcome.CHECK_OUTCOME_OK);
            assertThat(check.getFinding()).isNotEmpty();
            assertThat(check.getMend()).isEmpty();
        });
        assertThat(herald.relay().mails()).isEmpty();
    }

    @Test
    void check_relayRefuses_isAnAnswerWithItsMend() {
        herald.relay().reply(Stage.CONNECT, "554 5.7.1 not you");
        assertThat(relay(check())).satisfies(check -> {
            assertThat(check.getOutcome()).isEqualTo(CheckOutcome.CHECK_OUTCOME_FAILED);
            assertThat(check.getFinding()).contains("554");
            assertThat(check.getMend()).contains("EMAIL_HOST");
        });
    }

    @Test
    void check_relayHangs_endsInTimeAndHoldsUpNothingElse() {
        herald.relay().reply(Stage.CONNECT, HANG);
        long start = System.nanoTime();
        CompletableFuture<List<ConfigurationCheck>> checks = CompletableFuture.supplyAsync(this::check);
        await().until(() -> herald.relay().connections() > 0);
        StatusRuntimeException second = catchThrowableOfType(StatusRuntimeException.class, this::check);
        assertThat(second.getStatus().getCode()).isEqualTo(Status.Code.RESOURCE_EXHAUSTED);
        long asked = System.nanoTime();
        herald.system(Role.READER).getSystemStatus(GetSystemStatusRequest.getDefaultInstance());
        assertThat(Duration.ofNanos(System.nanoTime() - asked)).isLessThan(Duration.ofSeconds(2));
        assertThat(relay(checks.join()).getFinding()).isEqualTo("no answer within 10 s");
        assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(Duration.ofSeconds(15));
        herald.relay().usual(Stage.CONNECT).dropConnections();
        assertThat(relay(check()).getOutcome()).isEqualTo(CheckOutcome.CHECK_OUTCOME_OK);
    }

    /** The server goes on with the key before, and says so in its log; whoever asks is told too. */
    @Test
    void check_keyFileTurnedWeak_isFoundWithItsMend(@TempDir Path folder) throws IOException {
        Path key = Files.writeString(folder.resolve("key"), HeraldFixture.SIGNING_KEY);
        try (HeraldFixture fromFile = herald.another(Map.of("JWT_SECRET_KEY_FILE", key.toString()))) {
            Files.writeString(key, "short");
            List<ConfigurationCheck> checks = fromFile.system(Role.ADMIN)
                    .checkConfiguration(CheckConfigurationRequest.getDefaultInstance())
                    .getChecksList();
            assertThat(checks.get(0).getOutcome()).isEqualTo(CheckOutcome.CHECK_OUTCOME_FAILED);
            assertThat(checks.get(0).getMend()).startsWith("JWT_SECRET_KEY: ");
            assertThat(checks).extracting(ConfigurationCheck::getName).doesNotContain("keys");
        }
    }

    private List<ConfigurationCheck> check() {
        return herald.system(Role.ADMIN)
                .checkConfiguration(CheckConfigurationRequest.getDefaultInstance())
                .getChecksList();
    }

    private static ConfigurationCheck relay(List<ConfigurationCheck> checks) {
        return checks.stream()
                .filter(check -> check.getName().startsWith("relay "))
                .findFirst()
                .orElseThrow();
    }
}
