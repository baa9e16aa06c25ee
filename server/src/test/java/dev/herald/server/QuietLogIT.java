package dev.herald.server;

import static org.assertj.core.api.Assertions.assertThat;

import dev.herald.server.caller.Role;
import dev.herald.server.testing.HeraldFixture;
import dev.herald.server.testing.HeraldProcess;
import dev.herald.server.testing.RawCall;
import dev.herald.server.testing.RawHttp2;
import dev.herald.server.testing.ScriptedSmtpServer;
import dev.herald.server.testing.TestAuthority;
import dev.herald.server.testing.TestAuthority.Identity;
import dev.herald.server.testing.TestDatabase;
import io.grpc.ManagedChannel;
import io.grpc.Status;
import io.grpc.netty.shaded.io.grpc.netty.NettyChannelBuilder;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** What the packaged server says, and doesn't say, about callers that send rubbish. */
class QuietLogIT {
    private static final String VALIDATE = "herald.v1.TokenService/ValidateToken";

    @Test
    void rubbish_ofEveryKindAndManyTimes_isAFewLinesWithoutStackTraces() {
        try (ScriptedSmtpServer relay = ScriptedSmtpServer.start();
                HeraldProcess server = HeraldProcess.serve(HeraldProcess.settings(TestDatabase.newDatabase(), relay))) {
            long before = server.output().lines().count();
            ManagedChannel channel = NettyChannelBuilder.forAddress("127.0.0.1", server.port())
                    .usePlaintext()
                    .build();
            for (int i = 0; i < 50; i++) {
                send(channel, "no message".getBytes(StandardCharsets.UTF_8), Status.Code.INVALID_ARGUMENT);
                send(channel, new byte[2_000_000], Status.Code.RESOURCE_EXHAUSTED);
                try (RawHttp2 client = RawHttp2.open(server.port())) {
                    client.frame(RawHttp2.HEADERS, RawHttp2.END_HEADERS, 2, new byte[] {0, 1, 2});
                    client.goAway();
                }
            }
            channel.shutdownNow();
            List<String> said = server.output().lines().skip(before).toList();
            assertThat(said).hasSizeLessThan(12).noneMatch(line -> line.startsWith("\tat "));
            assertThat(said).anyMatch(line -> line.contains("turned away: malformed request"));
            assertThat(said).anyMatch(line -> line.contains("turned away: request too large"));
            assertThat(server.stop()).isZero();
        }
    }

    @Test
    void health_ofAServerThatAsksForCertificates_showsTheServersOwn() {
        TestAuthority authority = TestAuthority.named("campus");
        Identity identity = authority.issue("dns:localhost", "ip:127.0.0.1");
        try (ScriptedSmtpServer relay = ScriptedSmtpServer.start()) {
            Map<String, String> settings = new HashMap<>(HeraldProcess.settings(TestDatabase.newDatabase(), relay));
            settings.putAll(Map.of(
                    "AUTH", "mtls",
                    "AUTH_ROLES", "spiffe://campus/ops=admin",
                    "GRPC_TLS_CERT", identity.chain().toString(),
                    "GRPC_TLS_KEY", identity.key().toString(),
                    "GRPC_TLS_CLIENT_CA", authority.certificate().toString()));
            try (HeraldProcess server = HeraldProcess.serve(settings)) {
                settings.put("GRPC_PORT", Integer.toString(server.port()));
                HeraldProcess.Finished health = HeraldProcess.run(settings, "health");
                assertThat(health.exitCode()).as(health.out() + health.err()).isZero();
                assertThat(health.out()).startsWith("SERVING");
            }
        }
    }

    private static void send(ManagedChannel channel, byte[] request, Status.Code expected) {
        assertThat(RawCall.toItsEnd(
                                channel,
                                VALIDATE,
                                RawCall.authorization("Bearer " + HeraldFixture.bearer(Role.ADMIN)),
                                List.of(request))
                        .code())
                .isEqualTo(expected);
    }
}
