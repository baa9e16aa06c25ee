package dev.herald.server.mail;

import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.Optional;
import java.util.regex.Pattern;

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

    /** What isn't printable ASCII with single spaces is written as encoded words. */
    private static final Pattern PLAIN = Pattern.compile("[!-~]++( [!-~]++)*+");

    private static final Pattern BIDI_CONTROL =
            Pattern.compile("[\\u061C\\u200E\\u200F\\u202A-\\u202E\\u2066-\\u2069]");
    private static final int LINE = 76;
    // 39 octets are 52 characters of base64, 64 with the word's frame: behind the longest header name still below 76.
    private static final int WORD_OCTETS = 39;

    private HeaderText() {}

    /** Why a value may not become a header, as one of the reasons above; nothing when it may. */
    public static Optional<String> fault(String value) {
        if (value.chars().anyMatch(HeaderText::isLineEnd)) {
            return Optional.of(HEADER_INJECTION);
        } else if (value.codePoints().anyMatch(HeaderText::isControl)) {
            return Optional.of(CONTROL_CHARACTER);
        }
        return value.length() > LONGEST ? Optional.of(TOO_LONG) : Optional.empty();
    }

    /** The value of an unstructured header (RFC 2047), folded. Reads back as exactly the same text. */
    static String unstructured(String header, String value) {
        boolean plain = value.isEmpty() || (PLAIN.matcher(value).matches() && !value.contains("=?"));
        return plain && header.length() + 2 + value.length() <= LINE ? value : encodedWords(value);
    }

    /** A display name that can't be read as anything else: without bidi controls, and encoded unless it is letters and digits. */
    static String phrase(String name) {
        String visible = withoutBidiControls(name);
        boolean plain = visible.length() <= 60 && visible.matches("[a-zA-Z0-9]++( [a-zA-Z0-9]++)*+");
        return plain ? visible : encodedWords(visible);
    }

    static String withoutBidiControls(String text) {
        return BIDI_CONTROL.matcher(text).replaceAll("");
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
