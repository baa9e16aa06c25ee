package dev.herald.server.cli.remote;

import dev.herald.client.HeraldClient;
import dev.herald.server.caller.Role;
import dev.herald.server.cli.terminal.Progress;
import dev.herald.v1.ImportResponse;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/** Loads a directory of any size. */
@Command(
        name = "import",
        description = {
            "Loads courses, users, students and sessions, of any number, from a file with an item a line.",
            "An item is, for example,",
            "  {\"course\": {\"course_id\": 1, \"course_code\": \"CS401\", \"course_name\": \"Compilers\"}}",
            "What is referred to comes first. After an error the items before it may be loaded; loading all again is harmless."
                    + " Items are counted from 0 in the server's complaints."
        },
        footer = {"", "Example: herald import campus.jsonl"})
public final class ImportCommand extends RemoteCommand {
    @Parameters(paramLabel = "FILE", description = "the file; - for standard input")
    String file;

    @Override
    Role role() {
        return Role.SESSION;
    }

    @Override
    int run(HeraldClient herald) throws IOException {
        ImportResponse done = file.equals("-") ? load(herald, console().in(), -1) : loadFile(herald, Path.of(file));
        answer(done, "inserted " + done.getInserted() + ", updated " + done.getUpdated());
        return 0;
    }

    private ImportResponse loadFile(HeraldClient herald, Path path) throws IOException {
        if (!Files.isReadable(path) || Files.isDirectory(path)) {
            throw new IOException("can't read " + file + "; name a file with an item a line, or - for standard input");
        }
        try (InputStream stream = Files.newInputStream(path)) {
            return load(herald, stream, Files.size(path));
        }
    }

    /** Progress is told in bytes read: the server takes items at its own pace, and reading waits for it. */
    private ImportResponse load(HeraldClient herald, InputStream stream, long bytes) {
        try (Progress progress = Progress.begin(console(), server.progress, "import", bytes)) {
            return herald.directory().load(new ImportLines(progress.counting(stream)));
        }
    }
}
