package dev.herald.server.config;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Reads typed settings and collects every mistake; {@link #check} throws them together. After a mistake a getter returns
 * the default (or an empty value), so that reading can go on to the next. A blank value counts as absent. Not thread-safe.
 */
public final class SettingsReader {
    private static final Logger log = LoggerFactory.getLogger(SettingsReader.class);

    private final Map<String, String> values;
    private final Set<String> faults = new LinkedHashSet<>();
    /** Shared with those made of this one: a file is warned of once. */
    private final Set<Path> warned;

    SettingsReader(Map<String, String> values) {
        this(values, ConcurrentHashMap.newKeySet());
    }

    private SettingsReader(Map<String, String> values, Set<Path> warned) {
        this.values = values;
        this.warned = warned;
    }

    /** The same settings, with files read anew and no mistake noted yet. */
    public SettingsReader again() {
        return new SettingsReader(values, warned);
    }

    public Optional<String> text(String name) {
        return Optional.ofNullable(values.get(name)).map(String::strip).filter(value -> !value.isEmpty());
    }

    public String text(String name, String fallback) {
        return text(name).orElse(fallback);
    }

    /** A setting without which the server can't start. */
    public String required(String name, String whatToSet) {
        return text(name).orElseGet(() -> fault(name, "is required: " + whatToSet, ""));
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
        Optional<Secret> fromFile = path(name + "_FILE").map(file -> new Secret(readSecret(name + "_FILE", file)));
        return fromFile.or(() -> text(name).map(Secret::new))
                .filter(secret -> !secret.reveal().isEmpty());
    }

    /** The file that NAME_FILE names, when it holds the secret. */
    public Optional<Path> secretFile(String name) {
        return path(name + "_FILE");
    }

    /** What a file with secrets holds whose own name is the setting. */
    public Optional<Secret> content(String name) {
        return path(name).map(file -> new Secret(readSecret(name, file)));
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
        faults.add(name + ": " + whatWouldBeRight);
        return fallback;
    }

    /** The mistakes noted so far, each as {@code NAME: what would be right}. Never a value of a secret. */
    public List<String> faults() {
        return List.copyOf(faults);
    }

    /** Throws all the mistakes noted so far. */
    public void check() {
        if (!faults.isEmpty()) {
            throw new SettingsException(List.copyOf(faults));
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
        try {
            warnOfReaders(name, file);
            return Files.readString(file).strip();
        } catch (IOException e) {
            return fault(name, "can't read " + file + "; name a readable UTF-8 file", "");
        }
    }

    private Path path(String name, String value) {
        try {
            return Path.of(value);
        } catch (InvalidPathException e) {
            return fault(name, "must be the name of a file or folder", Path.of(""));
        }
    }

    /** No mistake: containers mount secrets that way, in a file system nobody else sees. */
    private void warnOfReaders(String name, Path file) throws IOException {
        boolean posix = file.getFileSystem().supportedFileAttributeViews().contains("posix");
        if (posix
                && Files.getPosixFilePermissions(file).contains(PosixFilePermission.OTHERS_READ)
                && warned.add(file)) {
            log.warn("{}: every user of this machine can read {}; chmod o-r it", name, file);
        }
    }

    private static String words(Enum<?>[] constants) {
        return Arrays.stream(constants).map(SettingsReader::word).collect(Collectors.joining(", "));
    }

    private static String word(Enum<?> constant) {
        return constant.name().toLowerCase(Locale.ROOT);
    }
}
