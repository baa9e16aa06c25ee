package dev.herald.bench;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/**
 * Postfix's smtp-sink and smtp-source: from the folder SMTP_TOOLS, the PATH, or Debian's package, unpacked into bench/target
 * without being installed.
 */
final class SmtpTools {
    private final Path folder;

    private SmtpTools(Path folder) {
        this.folder = folder;
    }

    /** The tools, where they are on this machine. */
    static Optional<SmtpTools> find(Path target) {
        List<Path> folders = new ArrayList<>();
        Optional.ofNullable(System.getenv("SMTP_TOOLS")).map(Path::of).ifPresent(folders::add);
        Arrays.stream(System.getenv("PATH").split(":", -1)).map(Path::of).forEach(folders::add);
        folders.add(Path.of("/usr/sbin"));
        folders.add(target.resolve("postfix/usr/sbin"));
        return folders.stream()
                .filter(folder -> Files.isExecutable(folder.resolve("smtp-sink"))
                        && Files.isExecutable(folder.resolve("smtp-source")))
                .findFirst()
                .map(SmtpTools::new);
    }

    /** The same, fetched where apt-get is there to fetch them. */
    static Optional<SmtpTools> findOrFetch(Path target) {
        Optional<SmtpTools> found = find(target);
        return found.isEmpty() && fetch(target) ? find(target) : found;
    }

    /** A command line for a tool, with the libraries that lie beside it. */
    ProcessBuilder command(String tool, List<String> arguments) {
        List<String> command = new ArrayList<>(List.of(folder.resolve(tool).toString()));
        command.addAll(arguments);
        ProcessBuilder builder = new ProcessBuilder(command);
        Path libraries = folder.resolveSibling("lib").resolve("postfix");
        if (Files.isDirectory(libraries)) {
            builder.environment().put("LD_LIBRARY_PATH", libraries.toString());
        }
        return builder;
    }

    private static boolean fetch(Path target) {
        String script = "command -v apt-get dpkg >/dev/null && mkdir -p postfix && cd postfix"
                + " && apt-get download -q postfix >&2 && dpkg -x postfix_*.deb . && rm postfix_*.deb";
        try {
            Process process = new ProcessBuilder("bash", "-c", script)
                    .directory(target.toFile())
                    .redirectErrorStream(true)
                    .redirectOutput(target.resolve("postfix.log").toFile())
                    .start();
            return process.waitFor() == 0;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }
}
