package dev.herald.server.mail;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.herald.server.mail.DeliveryOutcome.Kind;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LocalTransportsTest {
    @TempDir
    private Path folder;

    @Test
    void file_sameMailTwice_isThereOnce() throws Exception {
        Path mails = folder.resolve("new/mails");
        try (MailConnection connection = new FileTransport(mails).connect()) {
            for (int i = 0; i < 2; i++) {
                assertThat(connection.send(TestMails.to("ann@example.org")).kind())
                        .isEqualTo(Kind.ACCEPTED);
            }
        }
        try (Stream<Path> files = Files.list(mails)) {
            assertThat(files.map(file -> file.getFileName().toString())).containsExactly("1.1@example.org.eml");
        }
        assertThat(Files.readString(mails.resolve("1.1@example.org.eml"))).contains("To: ann@example.org\r\n");
    }

    @Test
    void file_folderCantBeMade_isUnavailable() throws Exception {
        Path file = Files.writeString(folder.resolve("file"), "");
        assertThatThrownBy(() -> new FileTransport(file.resolve("x")).connect())
                .isInstanceOf(RelayUnavailableException.class);
    }

    @Test
    void file_folderGone_isTransient() throws Exception {
        Path mails = folder.resolve("mails");
        MailConnection connection = new FileTransport(mails).connect();
        Files.delete(mails);
        assertThat(connection.send(TestMails.to("ann@example.org")).kind()).isEqualTo(Kind.TRANSIENT);
    }

    @Test
    void console_mail_isPrinted() {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        try (MailConnection connection = new ConsoleTransport(out).connect()) {
            assertThat(connection.send(TestMails.to("ann@example.org")).kind()).isEqualTo(Kind.ACCEPTED);
        }
        assertThat(out.toString(StandardCharsets.UTF_8)).contains("Subject: Hello\r\n", "To: ann@example.org\r\n");
    }
}
