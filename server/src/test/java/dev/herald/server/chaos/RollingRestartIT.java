package dev.herald.server.chaos;

import static org.assertj.core.api.Assertions.assertThat;

import dev.herald.client.HeraldClient;
import dev.herald.server.caller.Role;
import dev.herald.server.testing.HeraldFixture;
import dev.herald.server.testing.HeraldProcess;
import io.grpc.EquivalentAddressGroup;
import io.grpc.NameResolver;
import io.grpc.NameResolverProvider;
import io.grpc.NameResolverRegistry;
import io.grpc.StatusOr;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** F9c: an upgrade of a cluster under load, which its clients don't notice. */
@ExtendWith(ChaosTable.class)
@Tag(Size.FULL_ONLY)
class RollingRestartIT {
    private static final int STUDENTS = 50;

    private final Queue<String> failures = new ConcurrentLinkedQueue<>();
    private final AtomicBoolean going = new AtomicBoolean(true);
    private final AtomicLong sessions = new AtomicLong(ChaosScene.SESSION);
    private final AtomicLong validations = new AtomicLong();

    /** Six restarts one after the other, without a pause between, instead of one every 10 s for two minutes. */
    @Test
    void restart_ofOneAfterTheOtherUnderLoad_failsNoCallAndDoublesNoMail() {
        try (ChaosScene scene = ChaosScene.of(STUDENTS)) {
            List<Integer> ports = List.of(freePort(), freePort(), freePort());
            List<HeraldProcess> servers = new ArrayList<>();
            ports.forEach(port -> servers.add(serve(scene, port)));
            Addresses.register(ports);
            try (HeraldClient client = client()) {
                CompletableFuture<Void> generating = CompletableFuture.runAsync(() -> generate(scene, client));
                CompletableFuture<Void> validating = CompletableFuture.runAsync(() -> validate(client));
                for (int restart = 0; restart < 6; restart++) {
                    int which = restart % 2;
                    assertThat(servers.get(which).stop()).isZero();
                    servers.set(which, serve(scene, ports.get(which)));
                }
                going.set(false);
                CompletableFuture.allOf(generating, validating).join();
            }
            scene.faultEnds();
            scene.assertWhole(
                    "F9c rolling restart under " + (sessions.get() - ChaosScene.SESSION) + " Generates, "
                            + validations.get() + " ValidateTokens",
                    0,
                    60);
            assertThat(failures).isEmpty();
        }
    }

    private static HeraldProcess serve(ChaosScene scene, int port) {
        return scene.serve("GRPC_PORT", Integer.toString(port), "DELIVERY_LEASE_SECONDS", "60");
    }

    private static HeraldClient client() {
        return HeraldClient.builder(Addresses.SCHEME + ":///herald")
                .plaintext()
                .insecureCredentials()
                .bearerToken(HeraldFixture.bearer(Role.ADMIN))
                .deadline(Duration.ofSeconds(20))
                .validationDeadline(Duration.ofSeconds(20))
                .build();
    }

    private void generate(ChaosScene scene, HeraldClient client) {
        while (going.get()) {
            long session = sessions.incrementAndGet();
            scene.session(session, Clock.systemUTC().instant());
            attempt(() -> assertThat(
                            client.notifications().generateForSession(session).getEligibleStudents())
                    .isEqualTo(STUDENTS));
            Spell.lasts(Duration.ofMillis(100));
        }
    }

    private void validate(HeraldClient client) {
        while (going.get()) {
            attempt(() -> client.tokens().validate("x.y.z"));
            validations.incrementAndGet();
        }
    }

    private void attempt(Runnable call) {
        try {
            call.run();
        } catch (RuntimeException e) {
            failures.add(e.toString());
        }
    }

    private static int freePort() {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    /** A name with several addresses, as a cluster's DNS name has. */
    private static final class Addresses extends NameResolver {
        static final String SCHEME = "chaos";

        private final List<Integer> ports;

        private Addresses(List<Integer> ports) {
            this.ports = ports;
        }

        static void register(List<Integer> ports) {
            NameResolverRegistry.getDefaultRegistry().register(new NameResolverProvider() {
                @Override
                protected boolean isAvailable() {
                    return true;
                }

                @Override
                protected int priority() {
                    return 5;
                }

                @Override
                public String getDefaultScheme() {
                    return SCHEME;
                }

                @Override
                public NameResolver newNameResolver(URI target, NameResolver.Args args) {
                    return target.getScheme().equals(SCHEME) ? new Addresses(ports) : null;
                }
            });
        }

        @Override
        public String getServiceAuthority() {
            return "herald";
        }

        @Override
        public void start(Listener2 listener) {
            listener.onResult(ResolutionResult.newBuilder()
                    .setAddressesOrError(StatusOr.fromValue(ports.stream()
                            .map(port -> new EquivalentAddressGroup(
                                    new InetSocketAddress(InetAddress.getLoopbackAddress(), port)))
                            .toList()))
                    .build());
        }

        @Override
        public void shutdown() {}
    }
}
