package dev.herald.server.testing;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;

/** Files of keys and certificates, replaced as a deployment does it: nobody ever sees half a file. */
public record SecretFiles(Path folder) {
    /** What a setting names it by. */
    public String name(String file) {
        return path(file).toString();
    }

    public Path path(String file) {
        return folder.resolve(file);
    }

    public void write(String file, String content) {
        try {
            Path whole = Files.writeString(folder.resolve(file + ".new"), content);
            Files.move(whole, path(file), StandardCopyOption.ATOMIC_MOVE);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The contents of other files, one after another. */
    public void copy(String file, Path... contents) {
        try {
            StringBuilder all = new StringBuilder();
            for (Path content : contents) {
                all.append(Files.readString(content));
            }
            write(file, all.toString());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
