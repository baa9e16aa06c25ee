package dev.herald.server.chaos;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.herald.server.testing.HeraldProcess;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** A PostgreSQL that goes for good, its standby taking over, and one whose disk is full (F15, F16). */
@ExtendWith(ChaosTable.class)
@Tag(Size.FULL_ONLY)
class FailoverIT {
    /** F15: replication is asynchronous, so the standby may lack outcomes that were committed; those mails come twice. */
    @Test
    void promotion_ofTheStandby_takesWritesAndDoublesOnlyWhatItHadNotHeardOf() throws IOException {
        int mails = 5_000;
        ChaosPostgres primary = ChaosPostgres.start(ChaosScene.newFolder());
        try (ChaosScene scene = ChaosScene.on(primary, mails)) {
            primary.stopFast();
            try (ChaosPostgres standby = primary.standby(ChaosScene.newFolder(), freePort())) {
                primary.startAgain();
                scene.relay().delay(Duration.ofMillis(5));
                String both = "jdbc:postgresql://127.0.0.1:%d,127.0.0.1:%d/%s?user=postgres"
                        .formatted(primary.port(), standby.port(), scene.database());
                HeraldProcess server = scene.serve("DATABASE_URL", both, "DELIVERY_LEASE_SECONDS", "10");
                scene.generate(server, ChaosScene.SESSION);
                await().until(() -> ChaosCount.number(standby.url("postgres"), "SELECT pg_is_in_recovery()::int") == 1);
                scene.awaitAccepted(mails / 2);
                primary.stopImmediately();
                long heard = ChaosCount.number(
                        standby.url(scene.database()),
                        "SELECT count(*) FROM email_notifications WHERE status = 'sent'");
                long unheard = scene.relay().accepted() - heard;
                scene.faultEnds();
                ChaosPostgres.execute(standby.url("postgres"), "SELECT pg_promote()");
                scene.moveTo(standby);
                scene.session(ChaosScene.SESSION + 1, Clock.systemUTC().instant());
                await().atMost(Duration.ofSeconds(15)).ignoreExceptions().until(() -> generates(scene, server, mails));
                scene.assertWhole("F15 standby promoted", ChaosScene.IN_FLIGHT + unheard, 60);
            }
        }
    }

    private static boolean generates(ChaosScene scene, HeraldProcess server, int mails) {
        return scene.generate(server, ChaosScene.SESSION + 1).getEligibleStudents() == mails;
    }

    /** F16: PostgreSQL panics when it can't write its log. */
    @Test
    void disk_full_goesOnWhenThereIsRoomAgain() throws IOException {
        assumeTrue(Commands.isRoot() && Commands.exists("mount"), "needs root, to mount a small disk");
        Path disk = ChaosScene.newFolder();
        int mounted = Commands.run(List.of("mount", "-t", "tmpfs", "-o", "size=200m", "tmpfs", disk.toString()));
        assumeTrue(mounted == 0, "needs to mount a small disk");
        try (ChaosPostgres postgres = ChaosPostgres.start(Files.createDirectory(disk.resolve("data")));
                ChaosScene scene = ChaosScene.on(postgres, 5_000)) {
            scene.relay().delay(Duration.ofMillis(5));
            HeraldProcess server = scene.serve("DELIVERY_LEASE_SECONDS", "10");
            scene.generate(server, ChaosScene.SESSION);
            scene.awaitAccepted(500);
            Path filler = disk.resolve("filler");
            fill(filler);
            postgres.exhaustLog();
            Files.delete(filler);
            postgres.restore();
            scene.faultEnds();
            scene.assertWhole("F16 disk full, PostgreSQL down", 0, 60);
            assertThat(server.isAlive()).isTrue();
        } finally {
            Commands.run(List.of("umount", "-l", disk.toString()));
        }
    }

    private static void fill(Path file) throws IOException {
        byte[] block = new byte[1 << 16];
        try (RandomAccessFile filler = new RandomAccessFile(file.toFile(), "rw")) {
            while (true) {
                filler.write(block);
            }
        } catch (IOException e) {
            assertThat(e).hasMessageContaining("No space");
        }
    }

    private static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        }
    }
}
