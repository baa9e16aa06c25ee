package dev.herald.server.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.spi.ILoggingEvent;
import dev.herald.server.testing.HeardLog;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

class FileWatchTest {
    @RegisterExtension
    final HeardLog logged = HeardLog.of(FileWatch.class);

    private final FileWatch watch = new FileWatch(Duration.ofMillis(20));
    private final List<String> used = new CopyOnWriteArrayList<>();

    @TempDir
    Path folder;

    private Path file;

    @BeforeEach
    void begin() throws IOException {
        file = Files.writeString(folder.resolve("secret"), "one");
        watch.watch("SECRET_FILE", List.of(file), () -> {
            String content = Files.readString(file);
            if (content.startsWith("bad")) {
                throw new IOException("it is bad");
            }
            used.add(content);
        });
        await().until(() -> used.contains("one"));
    }

    @AfterEach
    void end() {
        watch.close();
    }

    @Test
    void look_newContent_isUsedOnce() throws IOException {
        Files.writeString(file, "two");
        await().until(() -> used.contains("two"));
        Files.writeString(file, "three");
        await().until(() -> used.contains("three"));
        assertThat(used).containsExactly("one", "two", "three");
    }

    @Test
    void look_contentThatCannotBeUsed_leavesTheOldAndWarnsOnce() throws IOException {
        Files.writeString(file, "bad");
        await().until(() -> !warnings().isEmpty());
        Files.writeString(file, "two");
        await().until(() -> used.contains("two"));
        assertThat(used).containsExactly("one", "two");
        assertThat(warnings()).containsExactly("SECRET_FILE: new content can't be used, the old stays: it is bad");
    }

    @Test
    void look_fileThatIsGone_warnsOnceAndUsesItWhenItIsBack() throws IOException {
        Files.delete(file);
        await().until(() -> !warnings().isEmpty());
        Files.writeString(file, "two");
        await().until(() -> used.contains("two"));
        assertThat(warnings()).singleElement().asString().contains("SECRET_FILE", "can't read " + file);
    }

    @Test
    void look_linkTurnedToAnotherFile_usesThat() throws IOException {
        Path other = Files.writeString(folder.resolve("other"), "two");
        Path link = Files.createSymbolicLink(folder.resolve("link"), other);
        Files.move(link, file, java.nio.file.StandardCopyOption.REPLACE_EXISTING);
        await().until(() -> used.contains("two"));
    }

    private List<String> warnings() {
        return logged.events().stream()
                .filter(event -> event.getLevel() == Level.WARN)
                .map(ILoggingEvent::getFormattedMessage)
                .toList();
    }
}
