package dev.herald.server;

import static org.assertj.core.api.Assertions.assertThat;

import dev.herald.server.testing.Document;
import dev.herald.server.testing.HeraldProcess;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** docs/security.md promises nothing that no test holds. */
class SecurityDocumentTest {
    private static final Pattern TEST = Pattern.compile("\\[(\\w+(?:Test|IT))]\\(([^)]+)\\)");

    private final Document document = Document.read(HeraldProcess.root().resolve("docs/security.md"));

    @Test
    void promises_each_nameTestsThatThereAre() {
        List<String> promises = document.rowsBelow("Promises");
        assertThat(promises)
                .hasSizeGreaterThan(10)
                .allSatisfy(promise -> assertThat(TEST.matcher(promise).results())
                        .isNotEmpty()
                        .allSatisfy(test -> {
                            Path file = document.file().resolveSibling(test.group(2));
                            assertThat(file).isRegularFile().hasFileName(test.group(1) + ".java");
                            assertThat(file.toString()).contains("src/test/");
                        }));
    }

    @Test
    void fuzzing_theTargetItNames_isThere() {
        assertThat(document.text()).contains("-Dtest='RequestFuzzTest#call'");
        assertThat(HeraldProcess.root().resolve("server/src/test/java/dev/herald/server/rpc/RequestFuzzTest.java"))
                .content()
                .contains("void call(byte[] ");
    }
}
