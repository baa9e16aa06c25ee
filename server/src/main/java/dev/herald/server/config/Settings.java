package dev.herald.server.config;

import java.io.IOException;
import java.io.Reader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.TreeMap;

/** Where settings come from: flags win over the environment, which wins over the file named by HERALD_CONFIG. */
public final class Settings {
    private Settings() {}

    /**
     * All settings of this process.
     *
     * @param flags what the command line gave, by setting name
     * @throws SettingsException when the file can't be read
     */
    public static SettingsReader load(Map<String, String> flags) {
        return of(environment(), flags);
    }

    /** The environment of this process. */
    public static Map<String, String> environment() {
        return System.getenv();
    }

    /** The same from a given environment. */
    public static SettingsReader of(Map<String, String> environment, Map<String, String> flags) {
        Map<String, String> values = new TreeMap<>();
        String file = environment.get("HERALD_CONFIG");
        if (file != null && !file.isBlank()) {
            putAll(values, readFile(Path.of(file.strip())));
        }
        putAll(values, environment);
        putAll(values, flags);
        return new SettingsReader(values);
    }

    /** A blank value is as good as none, so it doesn't hide another. */
    private static void putAll(Map<String, String> values, Map<String, String> over) {
        over.forEach((name, value) -> {
            if (!value.isBlank()) {
                values.put(name, value);
            }
        });
    }

    private static Map<String, String> readFile(Path file) {
        Properties properties = new Properties();
        try (Reader reader = Files.newBufferedReader(file)) {
            properties.load(reader);
        } catch (IOException | IllegalArgumentException e) {
            throw new SettingsException(
                    List.of("HERALD_CONFIG: can't read " + file + "; name a file of NAME=value lines"));
        }
        Map<String, String> values = new TreeMap<>();
        properties.stringPropertyNames().forEach(name -> values.put(name, properties.getProperty(name)));
        return values;
    }
}
