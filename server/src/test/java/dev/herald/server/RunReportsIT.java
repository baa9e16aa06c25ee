package dev.herald.server;

import static org.assertj.core.api.Assertions.assertThat;

import dev.herald.server.testing.HeraldProcess;
import dev.herald.server.testing.LeakScan;
import dev.herald.server.testing.LeaksOnPurpose;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/**
 * What the reports of this run's unit tests say, the client stub's too: what was printed, and what was skipped. Those of the tests
 * that run beside this one aren't complete yet; what they print {@link dev.herald.server.testing.LeakWatch} hears in their own
 * process, which knows their secrets too. The processes that tests start are looked at where they are started.
 */
class RunReportsIT {
    private static final Pattern PRINTED =
            Pattern.compile("<system-(?:out|err)>(.*?)</system-(?:out|err)>", Pattern.DOTALL);

    private static final Pattern SKIPPED = Pattern.compile(
            "<skipped (?:message=\"([^\"]*)\"|[^>]*>[^>\\n]*TestAbortedException: (?:Assumption failed: )?(?:skipped: )?([^\\n\\]]*))");

    /** What a machine may lack. */
    private static final List<String> NEEDED = List.of("promtool", "pgbouncer", "CORPORA_DIR");

    /** Else the searches below would find nothing in nothing. */
    @Test
    void reports_ofThisRun_areThereUnlessUnitTestsWereLeftOutOrChosen() {
        if (everyUnitTestRan()) {
            assertThat(reports()).anyMatch(report -> report.endsWith("TEST-" + PrivacyTest.class.getName() + ".xml"));
        }
    }

    private static boolean everyUnitTestRan() {
        return !Boolean.getBoolean("run.units.skipped")
                && System.getProperty("run.units.chosen", "").isEmpty();
    }

    @Test
    void output_ofEveryTestOfThisRun_holdsNoTokenNoKeyAndNoAddress() {
        assertThat(reports())
                .allSatisfy(report ->
                        assertThat(LeakScan.leakingLines(printed(report))).isEmpty());
    }

    /** Said once more at the end, so that nobody takes a check for made that wasn't. */
    @Test
    void tests_thatWereSkipped_areSaidWithTheReasonAndInTheDocuments() {
        Map<String, Long> skipped = reports().stream()
                .flatMap(report -> SKIPPED.matcher(content(report)).results())
                .map(found -> found.group(1) == null ? found.group(2) : found.group(1))
                .collect(Collectors.groupingBy(reason -> reason, TreeMap::new, Collectors.counting()));
        skipped.forEach((reason, tests) -> System.out.println("not run: " + tests + " test(s), " + reason));
        String documents = content(HeraldProcess.root().resolve("docs/architecture.md"));
        assertThat(NEEDED).allSatisfy(needed -> assertThat(documents).contains(needed));
        assertThat(skipped.keySet())
                .allSatisfy(reason -> assertThat(NEEDED.stream().anyMatch(reason::contains) || reason.endsWith(" yet"))
                        .as(reason)
                        .isTrue());
    }

    /** Of this run only: others may lie there. With the unit tests left out there are none. */
    private static List<Path> reports() {
        Instant began = Instant.parse(System.getProperty("run.began"));
        return Stream.of("proto", "client-stub", "server")
                .map(module -> HeraldProcess.root().resolve(module).resolve("target/surefire-reports"))
                .filter(Files::isDirectory)
                .flatMap(folder -> files(folder).stream())
                .filter(file -> modified(file).isAfter(began) && !leaksOnPurpose(file))
                .toList();
    }

    private static boolean leaksOnPurpose(Path report) {
        String name = report.getFileName().toString().replaceAll("^TEST-|(?:-output)?\\.[a-z]+$", "");
        try {
            return Class.forName(name).isAnnotationPresent(LeaksOnPurpose.class);
        } catch (ClassNotFoundException e) {
            return false;
        }
    }

    private static String printed(Path report) {
        return report.toString().endsWith(".xml")
                ? PRINTED.matcher(content(report))
                        .results()
                        .map(found -> found.group(1))
                        .collect(Collectors.joining("\n"))
                : content(report);
    }

    private static List<Path> files(Path folder) {
        try (Stream<Path> files = Files.list(folder)) {
            return files.filter(file -> file.toString().matches(".*/TEST-.*\\.xml|.*-output\\.txt"))
                    .toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static Instant modified(Path file) {
        try {
            return Files.getLastModifiedTime(file).toInstant();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static String content(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
