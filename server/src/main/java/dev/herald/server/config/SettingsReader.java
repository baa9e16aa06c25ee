package dev.herald.server.config;

import dev.herald.server.config.SettingFault.Kind;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;

/**
 * Reads typed settings and collects every mistake; {@link #check} throws them together. After a mistake a getter returns
 * the default (or an empty value), so that reading can go on to the next. A blank value counts as absent. Not thread-safe.
 */
public final class SettingsReader {
    private static final String FILE = "_FILE";

    private final Map<String, String> values;
    private final Set<SettingFault> noted = new LinkedHashSet<>();
    /** Shared with those made of this one: a file is warned of once. */
    private final SettingDoubts doubts;

    SettingsReader(Map<String, String> values) {
        this(values, new SettingDoubts());
    }

    private SettingsReader(Map<String, String> values, SettingDoubts doubts) {
        this.values = values;
        this.doubts = doubts;
    }

    /** The same settings, with files read anew and no mistake noted yet. */
    public SettingsReader again() {
        return new SettingsReader(values, doubts);
    }

    public Optional<String> text(String name) {
        return Optional.ofNullable(values.get(name)).map(String::strip).filter(value -> !value.isEmpty());
    }

    public String text(String name, String fallback) {
        return text(name).orElse(fallback);
    }

    /** A setting without which the server can't start. */
    public String required(String name, String whatToSet) {
        return text(name).orElseGet(() -> missing(name, "is required: " + whatToSet, ""));
    }

    public int integer(String name, int fallback, int least, int most) {
        return text(name)
                .map(value -> parseInteger(name, value, fallback, least, most))
                .orElse(fallback);
    }

    /** {@code on} or {@code off}; {@code true} and {@code false} are taken too. */
    public boolean toggle(String name, boolean fallback) {
        return text(name)
                .map(value -> switch (value.toLowerCase(Locale.ROOT)) {
                    case "on", "true" -> true;
                    case "off", "false" -> false;
                    default -> fault(name, "must be on or off", fallback);
                })
                .orElse(fallback);
    }

    /** One of an enum's constants, written in lower case. */
    public <E extends Enum<E>> E choice(String name, E fallback) {
        E[] constants = fallback.getDeclaringClass().getEnumConstants();
        return text(name)
                .map(value -> Arrays.stream(constants)
                        .filter(constant -> word(constant).equals(value))
                        .findFirst()
                        .orElseGet(() -> fault(name, "must be one of " + words(constants), fallback)))
                .orElse(fallback);
    }

    public Optional<Path> path(String name) {
        return text(name).map(value -> path(name, value));
    }

    /**
     * The settings of a library that reads its own, by the names they have as properties: for {@code otel}, what OTEL_TRACES_EXPORTER
     * says is {@code otel.traces.exporter}.
     */
    public Map<String, String> properties(String library) {
        String prefix = library.toUpperCase(Locale.ROOT) + "_";
        return values.keySet().stream()
                .filter(name -> name.startsWith(prefix) && text(name).isPresent())
                .collect(Collectors.toMap(
                        name -> name.toLowerCase(Locale.ROOT).replace('_', '.'), name -> text(name, "")));
    }

    /** A secret: the content of the file that NAME_FILE names, without surrounding white space, or else NAME's value. */
    public Optional<Secret> secret(String name) {
        Optional<Secret> fromFile = path(name + FILE).map(file -> new Secret(readSecret(name + FILE, file)));
        return fromFile.or(() -> text(name).map(Secret::new))
                .filter(secret -> !secret.reveal().isEmpty());
    }

    /** The file that NAME_FILE names, when it holds the secret. */
    public Optional<Path> secretFile(String name) {
        return path(name + FILE);
    }

    /** What a file holds whose own name is the setting. Whoever finds a secret in it calls {@link #holdsSecret}. */
    public Optional<Secret> content(String name) {
        return path(name).map(file -> new Secret(read(name, file)));
    }

    /** Notes a doubt when everybody can read the file that the setting names. */
    public void holdsSecret(String name) {
        path(name).ifPresent(file -> doubt(name, file));
    }

    /** A value of any other type: the parser's IllegalArgumentException message says what would be right. */
    public <T> T parsed(String name, String text, T fallback, Function<String, T> parser) {
        try {
            return parser.apply(text);
        } catch (IllegalArgumentException e) {
            return fault(name, String.valueOf(e.getMessage()), fallback);
        }
    }

    /** Notes a mistake, once, and returns the fallback to go on with. */
    public <T> T fault(String name, String whatWouldBeRight, T fallback) {
        note(new SettingFault(name, Kind.WRONG, whatWouldBeRight));
        return fallback;
    }

    /** The same of a setting that is absent. Where NAME_FILE is set, it is that which is wrong, and is told once. */
    public <T> T missing(String name, String whatWouldBeRight, T fallback) {
        if (text(name + FILE).isEmpty()) {
            note(new SettingFault(name, Kind.MISSING, whatWouldBeRight));
        } else if (!isFaulty(name)) {
            fault(name + FILE, "names an empty file; " + name + " " + whatWouldBeRight, "");
        }
        return fallback;
    }

    void note(SettingFault fault) {
        noted.add(fault);
    }

    /** Whether a mistake was noted of the setting, or of its NAME_FILE. */
    public boolean isFaulty(String name) {
        return faults().stream()
                .map(SettingFault::setting)
                .anyMatch(faulty -> faulty.equals(name) || faulty.equals(name + FILE));
    }

    /** The mistakes noted so far. */
    public List<SettingFault> faults() {
        return noted.stream().filter(fault -> fault.kind() != Kind.DOUBTFUL).toList();
    }

    /** What was noted so far that is no mistake and yet should be mended. */
    public List<SettingFault> doubts() {
        return noted.stream().filter(fault -> fault.kind() == Kind.DOUBTFUL).toList();
    }

    /** Logs those of the doubts that weren't logged yet: names, no values. */
    public void tellDoubts() {
        doubts().forEach(doubts::tell);
    }

    /** Throws all the mistakes noted so far. */
    public void check() {
        if (!faults().isEmpty()) {
            throw new SettingsException(
                    faults().stream().map(SettingFault::toString).toList());
        }
    }

    /** Without a value: some are secret. */
    @Override
    public String toString() {
        return "settings";
    }

    private int parseInteger(String name, String value, int fallback, int least, int most) {
        try {
            int number = Integer.parseInt(value);
            if (number >= least && number <= most) {
                return number;
            }
        } catch (NumberFormatException e) {
            // Said below, together with numbers out of range.
        }
        return fault(name, "must be a whole number from " + least + " to " + most, fallback);
    }

    private String readSecret(String name, Path file) {
        doubt(name, file);
        return read(name, file);
    }

    private String read(String name, Path file) {
        try {
            return Files.readString(file).strip();
        } catch (IOException e) {
            return unreadable(name, file);
        }
    }

    private void doubt(String name, Path file) {
        try {
            doubts.ofFile(name, file).ifPresent(this::note);
        } catch (IOException e) {
            unreadable(name, file);
        }
    }

    private String unreadable(String name, Path file) {
        return fault(name, "can't read " + file + "; name a readable UTF-8 file", "");
    }

    private Path path(String name, String value) {
        try {
            return Path.of(value);
        } catch (InvalidPathException e) {
            return fault(name, "must be the name of a file or folder", Path.of(""));
        }
    }

    private static String words(Enum<?>[] constants) {
        return Arrays.stream(constants).map(SettingsReader::word).collect(Collectors.joining(", "));
    }

    private static String word(Enum<?> constant) {
        return constant.name().toLowerCase(Locale.ROOT);
    }
}
