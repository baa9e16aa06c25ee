package dev.herald.server.mail;

import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.Optional;

/** The one gate for values that become mail headers, and how they are written. TAB is the one control character that passes. */
public final class HeaderText {
    /** Reason: a line end, which would start another header. */
    public static final String HEADER_INJECTION = "HEADER_INJECTION";

    /** Reason: another control character, or half a surrogate pair. */
    public static final String CONTROL_CHARACTER = "CONTROL_CHARACTER";

    /** Reason: more than {@link #LONGEST} characters. */
    public static final String TOO_LONG = "TOO_LONG";

    /** How many characters a value may have. */
    public static final int LONGEST = 2_000;

    private static final int LINE = 76;
    // 39 octets are 52 characters of base64, 64 with the word's frame: behind the longest header name still below 76.
    private static final int WORD_OCTETS = 39;

    private HeaderText() {}

    /** Why a value may not become a header, as one of the reasons above; nothing when it may. */
    public static Optional<String> fault(String value) {
        if (!isHarmless(value)) {
            if (value.chars().anyMatch(HeaderText::isLineEnd)) {
                return Optional.of(HEADER_INJECTION);
            } else if (value.codePoints().anyMatch(HeaderText::isControl)) {
                return Optional.of(CONTROL_CHARACTER);
            }
        }
        return value.length() > LONGEST ? Optional.of(TOO_LONG) : Optional.empty();
    }

    /** Nearly every value is; the others are looked at closely. */
    private static boolean isHarmless(String value) {
        for (int i = 0; i < value.length(); i++) {
            if (!isPrintableAscii(value.charAt(i))) {
                return false;
            }
        }
        return true;
    }

    /** The value of an unstructured header (RFC 2047), folded. Reads back as exactly the same text. */
    static String unstructured(String header, String value) {
        boolean fits = header.length() + 2 + value.length() <= LINE;
        return fits && isPlain(value) ? value : encodedWords(value);
    }

    /** Printable ASCII with single spaces, and nothing that could be taken for an encoded word. */
    private static boolean isPlain(String value) {
        char before = ' ';
        for (int i = 0; i < value.length(); i++) {
            char c = value.charAt(i);
            if (!isPrintableAscii(c) || (before == ' ' && c == ' ') || (before == '=' && c == '?')) {
                return false;
            }
            before = c;
        }
        return value.isEmpty() || before != ' ';
    }

    /** A display name that can't be read as anything else: without bidi controls, and encoded unless it is letters and digits. */
    static String phrase(String name) {
        String visible = withoutBidiControls(name);
        return visible.length() <= 60 && isWords(visible) ? visible : encodedWords(visible);
    }

    /** ASCII letters and digits with single spaces between them. */
    private static boolean isWords(String text) {
        char before = ' ';
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (!isLetterOrDigit(c) && (c != ' ' || before == ' ')) {
                return false;
            }
            before = c;
        }
        return before != ' ';
    }

    static String withoutBidiControls(String text) {
        for (int i = 0; i < text.length(); i++) {
            if (isBidiControl(text.charAt(i))) {
                return text.codePoints()
                        .filter(c -> !isBidiControl(c))
                        .collect(StringBuilder::new, StringBuilder::appendCodePoint, StringBuilder::append)
                        .toString();
            }
        }
        return text;
    }

    static boolean isLetterOrDigit(char c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
    }

    private static boolean isPrintableAscii(char c) {
        return c >= ' ' && c <= '~';
    }

    private static boolean isBidiControl(int c) {
        return c == 0x061C
                || c == 0x200E
                || c == 0x200F
                || (c >= 0x202A && c <= 0x202E)
                || (c >= 0x2066 && c <= 0x2069);
    }

    private static String encodedWords(String value) {
        StringBuilder words = new StringBuilder();
        int start = 0;
        while (start < value.length()) {
            int end = endOfWord(value, start);
            byte[] octets = value.substring(start, end).getBytes(StandardCharsets.UTF_8);
            words.append(start == 0 ? "" : "\r\n ")
                    .append("=?UTF-8?B?")
                    .append(Base64.getEncoder().encodeToString(octets))
                    .append("?=");
            start = end;
        }
        return words.toString();
    }

    private static int endOfWord(String value, int start) {
        int octets = 0;
        int end = start;
        while (end < value.length()) {
            int codePoint = value.codePointAt(end);
            octets += codePoint < 0x80 ? 1 : codePoint < 0x800 ? 2 : codePoint < 0x10000 ? 3 : 4;
            if (octets > WORD_OCTETS) {
                return end;
            }
            end += Character.charCount(codePoint);
        }
        return end;
    }

    private static boolean isLineEnd(int c) {
        return c == '\r' || c == '\n' || c == 0x85 || c == 0x2028 || c == 0x2029;
    }

    private static boolean isControl(int codePoint) {
        return (codePoint != '\t' && Character.isISOControl(codePoint))
                || Character.getType(codePoint) == Character.SURROGATE;
    }
}
