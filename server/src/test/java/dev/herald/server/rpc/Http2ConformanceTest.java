package dev.herald.server.rpc;

import static org.assertj.core.api.Assertions.assertThat;

import dev.herald.server.testing.HeraldFixture;
import dev.herald.server.testing.HeraldProcess;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/** F42: what h2spec finds against a bare grpc-java server it finds here, and nothing more. */
@EnabledOnOs(value = OS.LINUX, architectures = "amd64")
class Http2ConformanceTest {
    private static final String ARCHIVE = "/h2spec/2.2.0/h2spec_linux_amd64.tar.gz";
    private static final Pattern SUMMARY =
            Pattern.compile("(\\d+) tests, (\\d+) passed, (\\d+) skipped, (\\d+) failed");
    /** Of 145, with grpc-java 1.83. */
    private static final int FAILURES_OF_BARE_GRPC = 8;

    @TempDir
    Path folder;

    @Test
    void server_examinedByH2spec_failsNoMoreThanBareGrpc() throws IOException {
        try (HeraldFixture herald = HeraldFixture.start(Map.of("DELIVERY", "off"))) {
            HeraldProcess.Finished finished = HeraldProcess.finish(new ProcessBuilder(
                    h2spec().toString(), "-h", "127.0.0.1", "-p", Integer.toString(herald.port()), "-o", "2"));
            Matcher summary = SUMMARY.matcher(finished.out());
            assertThat(summary.find()).as(finished.out() + finished.err()).isTrue();
            assertThat(Integer.parseInt(summary.group(1))).isGreaterThanOrEqualTo(145);
            assertThat(Integer.parseInt(summary.group(4)))
                    .as(finished.out())
                    .isLessThanOrEqualTo(FAILURES_OF_BARE_GRPC);
            assertThat(herald.admin().tokens().validate("x").getValid()).isFalse();
        }
    }

    private Path h2spec() throws IOException {
        Path archive = folder.resolve("h2spec.tar.gz");
        try (InputStream content = Http2ConformanceTest.class.getResourceAsStream(ARCHIVE)) {
            Files.copy(content, archive, StandardCopyOption.REPLACE_EXISTING);
        }
        HeraldProcess.Finished unpacked = HeraldProcess.finish(
                new ProcessBuilder(List.of("tar", "-xzf", archive.toString(), "-C", folder.toString())));
        assertThat(unpacked.exitCode()).as(unpacked.err()).isZero();
        return folder.resolve("h2spec");
    }
}
