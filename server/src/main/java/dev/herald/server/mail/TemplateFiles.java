package dev.herald.server.mail;

import io.pebbletemplates.pebble.error.LoaderException;
import io.pebbletemplates.pebble.loader.Loader;
import java.io.IOException;
import java.io.InputStream;
import java.io.Reader;
import java.io.StringReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Template sources by name, such as {@code attendance_session/body.txt}: the override directory's, or else our own. */
final class TemplateFiles implements Loader<String> {
    private final Optional<Path> overrideDirectory;

    TemplateFiles(Optional<Path> overrideDirectory) {
        this.overrideDirectory = overrideDirectory;
    }

    /** Where a template is read from, for error messages. */
    String origin(String name) {
        return override(name).map(Path::toString).orElse("templates/" + name);
    }

    @Override
    public Reader getReader(String name) {
        try {
            Optional<Path> file = override(name);
            return new StringReader(file.isPresent() ? Files.readString(file.get()) : resource(name));
        } catch (IOException e) {
            throw new LoaderException(e, "can't be read as UTF-8 text");
        }
    }

    private Optional<Path> override(String name) {
        return overrideDirectory.map(directory -> directory.resolve(name)).filter(Files::exists);
    }

    private static String resource(String name) throws IOException {
        try (InputStream in = TemplateFiles.class.getResourceAsStream("/templates/" + name)) {
            if (in == null) {
                throw new LoaderException(null, "there is no such template");
            }
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        }
    }

    @Override
    public boolean resourceExists(String name) {
        return override(name).isPresent() || TemplateFiles.class.getResource("/templates/" + name) != null;
    }

    @Override
    public String createCacheKey(String name) {
        return name;
    }

    @Override
    public @Nullable String resolveRelativePath(String relativePath, String anchorPath) {
        return null;
    }

    @Override
    public void setCharset(String charset) {
        // Templates are UTF-8.
    }

    @Override
    public void setPrefix(String prefix) {
        // Names are whole.
    }

    @Override
    public void setSuffix(String suffix) {
        // Names are whole.
    }
}
