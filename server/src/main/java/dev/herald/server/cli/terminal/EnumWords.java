package dev.herald.server.cli.terminal;

import java.util.Arrays;
import java.util.Iterator;
import java.util.List;
import java.util.Locale;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/**
 * The constants of an enum of the contract as words: DELIVERY_STATUS_FAILED is {@code failed}. Upper case and the whole name are
 * taken too.
 *
 * @param <E> the enum
 */
public abstract class EnumWords<E extends Enum<E>> implements ITypeConverter<E>, Iterable<String> {
    private final String prefix;
    private final List<E> constants;

    /** Words for every constant that can be meant. */
    protected EnumWords(Class<E> type, String prefix) {
        this.prefix = prefix;
        this.constants = Arrays.stream(type.getEnumConstants())
                .filter(constant -> !constant.name().equals(prefix + "UNSPECIFIED")
                        && !constant.name().equals("UNRECOGNIZED"))
                .toList();
    }

    @Override
    public final E convert(String value) {
        String name = value.toUpperCase(Locale.ROOT);
        return constants.stream()
                .filter(constant ->
                        constant.name().equals(name) || constant.name().equals(prefix + name))
                .findFirst()
                .orElseThrow(() -> new TypeConversionException("one of " + String.join(", ", this)));
    }

    @Override
    public final Iterator<String> iterator() {
        return constants.stream().map(constant -> word(constant, prefix)).iterator();
    }

    /** The word for a constant whose name begins with the prefix; {@code -} for the unspecified one. */
    public static String word(Enum<?> constant, String prefix) {
        String word = constant.name().replaceFirst("^" + prefix, "").toLowerCase(Locale.ROOT);
        return word.equals("unspecified") ? "-" : word;
    }
}
