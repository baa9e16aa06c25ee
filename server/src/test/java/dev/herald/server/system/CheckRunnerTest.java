package dev.herald.server.system;

import static org.assertj.core.api.Assertions.assertThat;

import dev.herald.server.system.CheckResult.Outcome;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CheckRunnerTest {
    @Test
    void run_checksOfEverySort_givesTheirResultsInOrder() {
        List<CheckResult> results = CheckRunner.run(List.of(
                check("one", () -> List.of(CheckResult.ok("one", "fine"))),
                check("broken", () -> {
                    throw new IOException("it is broken");
                }),
                check("silent", () -> {
                    throw new IllegalStateException();
                }),
                check("two", () -> List.of(CheckResult.ok("two", "fine"), CheckResult.warning("three", "so", "so")))));
        assertThat(results)
                .containsExactly(
                        CheckResult.ok("one", "fine"),
                        CheckResult.failed("broken", "it is broken", "mend broken"),
                        CheckResult.failed("silent", "illegal state", "mend silent"),
                        CheckResult.ok("two", "fine"),
                        CheckResult.warning("three", "so", "so"));
    }

    @Test
    void run_severalThatNeverEnd_takesTenSecondsInAll() {
        CountDownLatch never = new CountDownLatch(1);
        SystemCheck endless = check("endless", () -> {
            never.await();
            return List.of();
        });
        long start = System.nanoTime();
        List<CheckResult> results = CheckRunner.run(List.of(
                endless, endless, check("quick", () -> List.of(CheckResult.ok("quick", "fine"))), endless));
        assertThat(Duration.ofNanos(System.nanoTime() - start))
                .isBetween(Duration.ofSeconds(9), Duration.ofSeconds(20));
        assertThat(results)
                .extracting(CheckResult::outcome)
                .containsExactly(Outcome.FAILED, Outcome.FAILED, Outcome.OK, Outcome.FAILED);
        assertThat(results.get(0)).isEqualTo(CheckResult.failed("endless", "no answer within 10 s", "mend endless"));
        never.countDown();
    }

    @Test
    void folderCheck_folderThatIsNotThereYet_canBeMadeAndIsNot(@TempDir Path folder) throws IOException {
        Path wanted = folder.resolve("a/b/c");
        assertThat(new FolderCheck("EMAIL_FILE_PATH", wanted).look())
                .containsExactly(CheckResult.ok("folder EMAIL_FILE_PATH", "can be made"));
        assertThat(new FolderCheck("EMAIL_FILE_PATH", folder).look())
                .containsExactly(CheckResult.ok("folder EMAIL_FILE_PATH", "can be written to"));
        try (Stream<Path> left = Files.list(folder)) {
            assertThat(left).isEmpty();
        }
    }

    private static SystemCheck check(String name, Callable<List<CheckResult>> look) {
        return new SystemCheck() {
            @Override
            public String name() {
                return name;
            }

            @Override
            public String mend() {
                return "mend " + name;
            }

            @Override
            public List<CheckResult> look() throws Exception {
                return look.call();
            }
        };
    }
}
