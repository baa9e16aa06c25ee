package dev.herald.server.config;

import dev.herald.server.config.SettingFault.Kind;
import java.io.IOException;
import java.io.Reader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
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
        Optional<Path> file = Optional.ofNullable(environment.get("HERALD_CONFIG"))
                .filter(name -> !name.isBlank())
                .map(name -> Path.of(name.strip()));
        Map<String, String> written = file.map(Settings::readFile).orElse(Map.of());
        putAll(values, written);
        putAll(values, environment);
        putAll(values, flags);
        SettingsReader settings = new SettingsReader(values);
        file.ifPresent(named -> written.keySet().stream()
                .filter(name -> !SettingNames.isKnown(name))
                .forEach(name -> settings.note(unknown(name, named))));
        environment.keySet().stream().flatMap(name -> slip(name).stream()).forEach(settings::note);
        return settings;
    }

    /** A file is ours alone, so a name in it that we don't know is a mistake. */
    private static SettingFault unknown(String name, Path file) {
        Optional<String> meant = SettingNames.nearest(name);
        if (meant.isEmpty() && !SettingNames.isLikeAName(name)) {
            return new SettingFault(
                    "HERALD_CONFIG",
                    Kind.WRONG,
                    "a line of " + file + " doesn't begin with the name of a setting and =");
        }
        String hint = meant.map(known -> "did you mean " + known + "?").orElse("./herald serve --help lists all");
        return new SettingFault(name, Kind.UNKNOWN, "there is no such setting, and it stands in " + file + "; " + hint);
    }

    /** The environment is everybody's: only what is nearly the name of a setting of ours is worth a word. */
    private static Optional<SettingFault> slip(String name) {
        return SettingNames.isKnown(name)
                ? Optional.empty()
                : SettingNames.nearest(name)
                        .map(known -> new SettingFault(
                                name, Kind.DOUBTFUL, "there is no such setting; did you mean " + known + "?"));
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
