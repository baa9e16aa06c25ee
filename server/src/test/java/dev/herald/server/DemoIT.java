package dev.herald.server;

import static org.assertj.core.api.Assertions.assertThat;

import dev.herald.server.testing.HeraldProcess;
import dev.herald.server.testing.HeraldProcess.Finished;
import dev.herald.server.testing.LeakScan;
import jakarta.mail.internet.MimeMessage;
import jakarta.mail.internet.MimeMultipart;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DemoIT {
    private static final Pattern LAST_LINE =
            Pattern.compile("demo: eligible=200 created=200 sent=200 retried=1 valid=true mails=(?<folder>\\S+)");

    @TempDir
    Path folder;

    @Test
    void demo_onThisMachine_deliversTwoHundredMailsAndLeavesNothingRunning() throws Exception {
        Finished demo = HeraldProcess.run(
                Map.of(), List.of("-Djava.io.tmpdir=" + folder, "-XX:TieredStopAtLevel=1"), List.of("demo"));
        assertThat(demo.exitCode()).as(demo.out() + demo.err()).isZero();
        assertThat(LeakScan.leakingLines(demo.out() + demo.err())).isEmpty();
        Path mails = mailFolder(demo.out());
        assertThat(recipients(mails)).hasSize(200);
        assertThat(processesWorkingIn(folder)).isEmpty();
    }

    private static Path mailFolder(String output) {
        List<String> lines = output.lines().toList();
        Matcher last = LAST_LINE.matcher(lines.get(lines.size() - 1));
        assertThat(last.matches()).as(output).isTrue();
        return Path.of(last.group("folder"));
    }

    private static Set<String> recipients(Path mails) throws Exception {
        Set<String> recipients = new HashSet<>();
        try (Stream<Path> files = Files.list(mails)) {
            for (Path file : files.toList()) {
                assertThat(file.toString()).endsWith(".eml");
                recipients.add(recipientOf(file));
            }
        }
        return recipients;
    }

    private static String recipientOf(Path file) throws Exception {
        try (InputStream content = Files.newInputStream(file)) {
            MimeMessage mail = new MimeMessage(null, content);
            assertThat(mail.getSubject()).isEqualTo("Attendance Session Created: Compilers & Interpreters");
            assertThat(((MimeMultipart) mail.getContent()).getCount()).isEqualTo(2);
            return mail.getAllRecipients()[0].toString();
        }
    }

    private static List<String> processesWorkingIn(Path folder) {
        return ProcessHandle.allProcesses()
                .map(process -> process.info().commandLine().orElse(""))
                .filter(command -> command.contains(folder.toString()))
                .toList();
    }
}
