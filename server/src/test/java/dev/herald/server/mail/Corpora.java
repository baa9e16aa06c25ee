package dev.herald.server.mail;

import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Assumptions;

/** Where the public test corpora lie. */
final class Corpora {
    private Corpora() {}

    /** A corpus file; skips the test when there is none. */
    static Path file(String path) {
        String folder = System.getenv("CORPORA_DIR");
        Assumptions.assumeTrue(folder != null, "skipped: set CORPORA_DIR to the folder of the test corpora");
        Path file = Path.of(folder, path);
        Assumptions.assumeTrue(Files.isReadable(file), () -> "skipped: there is no " + file);
        return file;
    }
}
