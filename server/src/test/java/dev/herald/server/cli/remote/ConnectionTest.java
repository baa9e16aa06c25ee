package dev.herald.server.cli.remote;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonParser;
import dev.herald.server.cli.CommandRun;
import dev.herald.server.testing.HeraldFixture;
import dev.herald.server.testing.PemFiles;
import io.grpc.Status;
import io.grpc.TlsServerCredentials;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Base64;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Which server is called, with what credential, and what is said when that doesn't work. */
@Timeout(60)
class ConnectionTest {
    @TempDir
    Path folder;

    private FakeSystem system;

    @BeforeEach
    void start() throws IOException {
        system = FakeSystem.start();
    }

    @AfterEach
    void stop() {
        system.close();
    }

    @Test
    void token_secretSet_isMadeForTheLeastRoleAndThePersonAtTheKeyboard() {
        run(Map.of("AUTH_JWT_SECRET", HeraldFixture.CALLER_KEY), "status").succeeded();
        var claims = claims(system.authorizations.remove());
        assertThat(claims.getAsJsonArray("roles")).hasToString("[\"reader\"]");
        assertThat(claims.get("sub").getAsString()).isEqualTo("cli/" + System.getProperty("user.name"));
        run(Map.of("AUTH_JWT_SECRET", HeraldFixture.CALLER_KEY), "check").succeeded();
        assertThat(claims(system.authorizations.remove()).getAsJsonArray("roles"))
                .hasToString("[\"admin\"]");
    }

    @Test
    void token_given_winsOverOneOfOurMakingAndTheFileOverBoth() throws IOException {
        Map<String, String> environment =
                Map.of("AUTH_JWT_SECRET", HeraldFixture.CALLER_KEY, "HERALD_TOKEN", "from-the-environment");
        run(environment, "status").succeeded();
        Path file = Files.writeString(folder.resolve("token"), "from-a-file\n");
        run(environment, "status", "--token-file", file.toString()).succeeded();
        assertThat(system.authorizations).containsExactly("Bearer from-the-environment", "Bearer from-a-file");
    }

    @Test
    void token_nothingSet_isNotSent() {
        run(Map.of(), "status").succeeded();
        assertThat(system.authorizations).containsExactly("");
    }

    @Test
    void token_refused_isNamedByWhereItCameFrom() {
        system.refuse(Status.Code.UNAUTHENTICATED, "UNAUTHENTICATED_CALLER");
        assertThat(run(Map.of(), "status").err()).contains("wants a token", "--token-file", "AUTH_JWT_SECRET");
        CommandRun given = run(Map.of("HERALD_TOKEN", "a-token-that-is-wrong"), "status");
        assertThat(given.exitCode()).isEqualTo(1);
        assertThat(given.err()).contains("HERALD_TOKEN", "caller-token").doesNotContain("a-token-that-is-wrong");
        assertThat(run(Map.of("AUTH_JWT_SECRET", HeraldFixture.CALLER_KEY), "status")
                        .err())
                .contains("AUTH_JWT_SECRET")
                .doesNotContain(HeraldFixture.CALLER_KEY);
    }

    @Test
    void role_missing_isSaidWithTheCredential() {
        system.refuse(Status.Code.PERMISSION_DENIED, "ROLE_REQUIRED");
        assertThat(run(Map.of("HERALD_TOKEN", "abc"), "status").err()).contains("ROLE_REQUIRED", "HERALD_TOKEN");
    }

    @Test
    void settings_wrong_areWrongUsage() {
        CommandRun run = run(Map.of("AUTH_JWT_SECRET", "short"), "status");
        assertThat(run.exitCode()).isEqualTo(2);
        assertThat(run.err()).contains("AUTH_JWT_SECRET: ", "32 bytes").doesNotContain("short");
        assertThat(CommandRun.of(Map.of("GRPC_PORT", "many"), "", "status", "--json")
                        .error()
                        .get("message")
                        .getAsString())
                .contains("GRPC_PORT");
        assertThat(CommandRun.of(Map.of("GRPC_PORT", "0"), "", "status").err())
                .contains("GRPC_PORT: is 0, so the server took a free port", "--server");
        assertThat(CommandRun.of(Map.of("GRPC_PORT", "0"), "", "status").exitCode())
                .isEqualTo(2);
    }

    @Test
    void server_thereIsNone_isNamedWithTheSettingsThatNameAnother() throws IOException {
        int free;
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            free = socket.getLocalPort();
        }
        CommandRun run = CommandRun.of(Map.of(), "", "status", "--server", "127.0.0.1:" + free);
        assertThat(run.exitCode()).isEqualTo(1);
        assertThat(run.err().lines())
                .singleElement()
                .asString()
                .contains("127.0.0.1:" + free, "./herald serve", "--server", "GRPC_PORT");
        CommandRun json = CommandRun.beside(free, "status", "--json");
        assertThat(json.error().get("code").getAsString()).isEqualTo("UNAVAILABLE");
        assertThat(json.out()).isEmpty();
    }

    @Test
    void server_noSuchHost_isSaid() {
        assertThat(CommandRun.of(Map.of(), "", "status", "--server", "nowhere.invalid:9090")
                        .err())
                .contains("nowhere.invalid:9090", "no such host");
        assertThat(CommandRun.of(Map.of(), "", "status", "--server", "nowhere.invalid")
                        .exitCode())
                .isEqualTo(2);
    }

    @Test
    void server_silent_isGivenUpAfterTheTimeout() {
        system.silent = true;
        CommandRun run = run(Map.of(), "status", "--timeout", "1s");
        assertThat(run.exitCode()).isEqualTo(1);
        assertThat(run.err()).contains("did not answer within 1s", "--timeout");
    }

    @Test
    void server_listensEverywhere_isCalledOnThisMachine() {
        Map<String, String> environment = new HashMap<>(CommandRun.environment(system.port()));
        environment.put("GRPC_HOST", "0.0.0.0");
        CommandRun.of(environment, "", "status").succeeded();
    }

    @Test
    void tls_ownServersCertificate_isTrustedWhateverItsName() throws IOException {
        PemFiles own = PemFiles.selfSigned(folder, "dns:herald.campus.example");
        try (FakeSystem encrypted = FakeSystem.start(TlsServerCredentials.create(
                own.certificate().toFile(), own.privateKey().toFile()))) {
            Map<String, String> environment = new HashMap<>(CommandRun.environment(encrypted.port()));
            environment.put("GRPC_TLS_CERT", own.certificate().toString());
            environment.put("GRPC_TLS_KEY", own.privateKey().toString());
            CommandRun.of(environment, "", "status").succeeded();
            String server = "localhost:" + encrypted.port();
            CommandRun.of(
                            Map.of(),
                            "",
                            "status",
                            "--server",
                            server,
                            "--ca",
                            own.certificate().toString(),
                            "--server-name",
                            "herald.campus.example")
                    .succeeded();
            assertThat(CommandRun.of(Map.of(), "", "status", "--server", server, "--tls")
                            .err())
                    .contains("isn't trusted", "--ca");
            assertThat(CommandRun.of(Map.of(), "", "status", "--server", server).err())
                    .contains("--tls or --ca");
        }
        assertThat(run(Map.of(), "status", "--tls").err()).contains("speaks no TLS", "--plaintext");
    }

    @Test
    void tls_serverAsksForACertificate_isShownOneInsteadOfAToken() throws IOException {
        PemFiles own = PemFiles.selfSigned(folder, "dns:localhost");
        PemFiles caller = PemFiles.selfSigned(Files.createDirectory(folder.resolve("caller")), "dns:admin");
        TlsServerCredentials.Builder mutual = TlsServerCredentials.newBuilder()
                .keyManager(own.certificate().toFile(), own.privateKey().toFile())
                .trustManager(caller.certificate().toFile())
                .clientAuth(TlsServerCredentials.ClientAuth.REQUIRE);
        try (FakeSystem encrypted = FakeSystem.start(mutual.build())) {
            String[] arguments = {
                "status",
                "--server",
                "localhost:" + encrypted.port(),
                "--ca",
                own.certificate().toString(),
                "--cert",
                caller.certificate().toString(),
                "--key",
                caller.privateKey().toString()
            };
            CommandRun.of(Map.of("AUTH_JWT_SECRET", HeraldFixture.CALLER_KEY), "", arguments)
                    .succeeded();
            assertThat(encrypted.authorizations).containsExactly("");
        }
    }

    @Test
    void options_thatContradictEachOther_areWrongUsage() {
        assertThat(run(Map.of(), "status", "--plaintext", "--tls").exitCode()).isEqualTo(2);
        assertThat(run(Map.of(), "status", "--cert", "a.pem").err()).contains("--cert and --key");
    }

    private CommandRun run(Map<String, String> environment, String... arguments) {
        Map<String, String> all = new HashMap<>(environment);
        all.put("GRPC_PORT", Integer.toString(system.port()));
        return CommandRun.of(all, "", arguments);
    }

    private static com.google.gson.JsonObject claims(String authorization) {
        String payload = authorization.substring("Bearer ".length()).split("\\.")[1];
        return JsonParser.parseString(new String(Base64.getUrlDecoder().decode(payload), StandardCharsets.UTF_8))
                .getAsJsonObject();
    }
}
