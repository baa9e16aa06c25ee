package dev.herald.server.chaos;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.herald.client.HeraldClient;
import dev.herald.client.ServiceCallException;
import dev.herald.server.testing.HeraldProcess;
import io.grpc.Status;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** A process that runs out of memory, files or somebody to read what it says (F9, F9a, F9b). */
@ExtendWith(ChaosTable.class)
@Tag(Size.FULL_ONLY)
class LimitFaultsIT {
    /** F9. */
    @Test
    void generate_onAHeapOf64Megabytes_makesAllOrNothing() {
        int students = 50_000;
        try (ChaosScene scene = ChaosScene.of(students)) {
            HeraldProcess small = scene.keep(HeraldProcess.launch(
                    scene.settings("DELIVERY", "off"), List.of(), List.of("-Xmx64m", "-XX:+ExitOnOutOfMemoryError")));
            Status.Code code = generate(scene, small.awaitServing());
            assertThat(code).isIn(Status.Code.OK, Status.Code.RESOURCE_EXHAUSTED, Status.Code.UNAVAILABLE);
            assertThat(scene.number("SELECT count(*) FROM email_notifications")).isIn(0L, (long) students);
            small.close();
            scene.generate(scene.serve("DELIVERY_LEASE_SECONDS", "60"), ChaosScene.SESSION);
            scene.faultEnds();
            scene.assertWhole("F9 50,000 generated on a heap of 64 MB: " + code, 0, 180);
        }
    }

    private static Status.Code generate(ChaosScene scene, HeraldProcess server) {
        try {
            scene.generate(server, ChaosScene.SESSION);
            return Status.Code.OK;
        } catch (ServiceCallException e) {
            return e.code();
        }
    }

    /** F9a; 220 instead of 64 files: the Java virtual machine and its libraries take more than 64. */
    @Test
    void connections_moreThanThereAreFiles_areNoHarmToTheOthersAndPass() throws IOException {
        assumeTrue(Commands.exists("prlimit"), "needs prlimit");
        try (ChaosScene scene = ChaosScene.of(300)) {
            HeraldProcess server = scene.keep(
                            HeraldProcess.launch(scene.settings(), List.of("prlimit", "--nofile=220"), List.of()))
                    .awaitServing();
            try (HeraldClient client = ChaosScene.client(server)) {
                client.tokens().validate("x");
                List<Socket> many = new ArrayList<>();
                for (int number = 0; number < 500; number++) {
                    many.add(new Socket(InetAddress.getLoopbackAddress(), server.port()));
                }
                assertThat(client.tokens().validate("x").getValid()).isFalse();
                client.notifications().generateForSession(ChaosScene.SESSION);
                Spell.lastsSeconds(5);
                for (Socket one : many) {
                    one.close();
                }
                scene.faultEnds();
                scene.assertWhole("F9a 500 connections on 220 files for 5 s", 0, 60);
            }
            await().atMost(Duration.ofSeconds(10)).until(() -> generate(scene, server) == Status.Code.OK);
        }
    }

    /** F9b. */
    @Test
    void output_thatNobodyReads_isNoHarm() {
        try (ChaosScene scene = ChaosScene.of(1_000)) {
            HeraldProcess server = scene.serve("LOG_LEVEL", "debug");
            server.closeOutput();
            scene.faultEnds();
            scene.generate(server, ChaosScene.SESSION);
            scene.assertWhole("F9b standard output closed", 0, 60);
            assertThat(server.isAlive()).isTrue();
            assertThat(server.stop()).isZero();
        }
    }
}
