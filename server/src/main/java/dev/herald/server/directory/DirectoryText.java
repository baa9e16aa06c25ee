package dev.herald.server.directory;

import dev.herald.server.error.FieldFault;
import java.util.Optional;
import java.util.function.Predicate;

/** Which characters text may hold. A TAB passes everywhere but in addresses. Pure; refused values are never repeated. */
final class DirectoryText {
    private DirectoryText() {}

    /** Text that becomes part of a mail header. A line break is told apart, because it would start another header. */
    static Optional<FieldFault> header(String field, String text) {
        return text.chars().anyMatch(DirectoryText::isLineBreak)
                ? Optional.of(headerInjection(field))
                : plain(field, text);
    }

    /** Text that stands in no header. */
    static Optional<FieldFault> plain(String field, String text) {
        return text.chars().anyMatch(c -> isLineBreak(c) || isControl(c))
                ? Optional.of(new FieldFault(field, "CONTROL_CHARACTER", "must not hold control characters"))
                : Optional.empty();
    }

    /** A mail address, which {@code acceptable} judges when it has no character that could end an SMTP command. */
    static Optional<FieldFault> address(String field, String address, Predicate<String> acceptable) {
        if (address.chars().anyMatch(DirectoryText::isDangerousInAddress)) {
            return Optional.of(headerInjection(field));
        }
        return acceptable.test(address)
                ? Optional.empty()
                : Optional.of(new FieldFault(
                        field,
                        "RECIPIENT_INVALID",
                        "must be an address that a relay can take, such as name@example.org"));
    }

    private static FieldFault headerInjection(String field) {
        return new FieldFault(field, "HEADER_INJECTION", "must be one line, without line breaks or control characters");
    }

    private static boolean isLineBreak(int c) {
        return c == '\r' || c == '\n' || c == 0x85 || c == 0x2028 || c == 0x2029;
    }

    private static boolean isControl(int c) {
        return Character.isISOControl(c) && c != '\t';
    }

    private static boolean isDangerousInAddress(int c) {
        // Writers that cut a character to its low byte make a line break of U+010A or U+760D.
        int lowByte = c & 0xff;
        return lowByte == '\r' || lowByte == '\n' || isLineBreak(c) || Character.isISOControl(c);
    }
}
