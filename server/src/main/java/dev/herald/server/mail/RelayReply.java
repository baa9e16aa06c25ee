package dev.herald.server.mail;

import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What a relay answered, fit to be stored and shown.
 *
 * @param code the basic code (RFC 5321); 0 when there was none
 * @param enhancedCode the enhanced code (RFC 3463), such as {@code 4.2.2}; empty when there was none
 * @param text the text, or what happened instead: at most 500 printable characters, without addresses and tokens
 */
public record RelayReply(int code, String enhancedCode, String text) {
    private static final int LONGEST = 500;
    /** More isn't looked at, whatever a relay sends. */
    private static final int LONGEST_READ = 4_000;

    private static final Pattern ENHANCED = Pattern.compile("^\\d{3}[ -]([245]\\.\\d{1,3}\\.\\d{1,3})(?!\\d)");
    private static final Pattern CODES = Pattern.compile("(?m)^\\d{3}(?:[ -]|$)");
    private static final Pattern ADDRESS =
            Pattern.compile("(?:\"[^\"]*+\"|[^\\s<>\"]{1,320}?)(?:@|%40)[^\\s<>]++|<[^<>]*@[^<>]*>");
    private static final Pattern TOKEN = Pattern.compile("eyJ[\\w.=-]*+|(?i:token=)\\S++");

    /** Reads a reply as it came, lines and all. */
    static RelayReply read(int code, String response) {
        return isPlain(response) ? readPlain(code, response) : readAny(code, response);
    }

    /** The same, where the relay may have repeated part of the recipient's address. */
    static RelayReply read(int code, String response, MailAddress recipient) {
        return isPlain(response) && !repeats(response, recipient.localPart())
                ? readPlain(code, response)
                : readAny(code, response, recipient);
    }

    /** Any reply, masked by the patterns above. */
    static RelayReply readAny(int code, String response) {
        Matcher enhanced = ENHANCED.matcher(response);
        String text = CODES.matcher(head(response)).replaceAll("");
        return new RelayReply(Math.max(code, 0), enhanced.find() ? String.valueOf(enhanced.group(1)) : "", clean(text));
    }

    static RelayReply readAny(int code, String response, MailAddress recipient) {
        String localPart = recipient.localPart();
        String masked = localPart.length() < 3
                ? head(response)
                : head(response).replaceAll("(?i)" + Pattern.quote(localPart), "***");
        return readAny(code, masked);
    }

    /** One short line such as {@code 250 2.0.0 Ok: queued as 4XyZ}, with nothing in it that any of the patterns could match. */
    private static boolean isPlain(String response) {
        int length = response.length();
        if (length < 5 || length > LONGEST || response.charAt(3) != ' ' || response.charAt(length - 1) == ' ') {
            return false;
        }
        for (int i = 0; i < 3; i++) {
            if (!isDigit(response, i)) {
                return false;
            }
        }
        for (int i = 4; i < length; i++) {
            if (!isPlain(response.charAt(i - 1), response.charAt(i))) {
                return false;
            }
        }
        return true;
    }

    /** An address has {@code @} or {@code %40} in it, a token {@code eyJ} or {@code token=}. */
    private static boolean isPlain(char before, char c) {
        return switch (c) {
            case '@', '%' -> false;
            case ' ' -> before != ' ';
            case 'J' -> before != 'y';
            case '=' -> before != 'n' && before != 'N';
            default -> c > ' ' && c < 0x7F;
        };
    }

    private static boolean repeats(String response, String localPart) {
        int last = response.length() - localPart.length();
        for (int i = 0; i <= last; i++) {
            if (response.regionMatches(true, i, localPart, 0, localPart.length())) {
                return true;
            }
        }
        return false;
    }

    private static RelayReply readPlain(int code, String response) {
        return new RelayReply(Math.max(code, 0), enhancedCode(response), response.substring(4));
    }

    private static String enhancedCode(String response) {
        char kind = response.charAt(4);
        if (kind != '2' && kind != '4' && kind != '5') {
            return "";
        }
        int subject = endOfNumber(response, 5);
        int detail = subject < 0 ? -1 : endOfNumber(response, subject);
        return detail < 0 ? "" : response.substring(4, detail);
    }

    /** Where a dot with one to three digits behind it ends; -1 when that isn't what stands there. */
    private static int endOfNumber(String text, int start) {
        if (start >= text.length() || text.charAt(start) != '.') {
            return -1;
        }
        int end = start + 1;
        while (end < text.length() && isDigit(text, end)) {
            end++;
        }
        int digits = end - start - 1;
        return digits >= 1 && digits <= 3 ? end : -1;
    }

    private static boolean isDigit(String text, int index) {
        char c = text.charAt(index);
        return c >= '0' && c <= '9';
    }

    /** What happened, when the relay said nothing. */
    static RelayReply none(String whatHappened) {
        return new RelayReply(0, "", clean(head(whatHappened)));
    }

    private static String head(String text) {
        return text.length() > LONGEST_READ ? text.substring(0, LONGEST_READ) : text;
    }

    private static String clean(String text) {
        String printable = text.codePoints()
                .map(c -> isPrintable(c) ? c : ' ')
                .collect(StringBuilder::new, StringBuilder::appendCodePoint, StringBuilder::append)
                .toString();
        String masked =
                ADDRESS.matcher(TOKEN.matcher(printable).replaceAll("***")).replaceAll("***");
        String single = masked.strip().replaceAll(" {2,}", " ");
        return single.length() > LONGEST ? cut(single) : single;
    }

    private static String cut(String text) {
        int end = Character.isHighSurrogate(text.charAt(LONGEST - 1)) ? LONGEST - 1 : LONGEST;
        return text.substring(0, end);
    }

    private static boolean isPrintable(int codePoint) {
        return switch (Character.getType(codePoint)) {
            case Character.CONTROL,
                    Character.FORMAT,
                    Character.SURROGATE,
                    Character.PRIVATE_USE,
                    Character.UNASSIGNED,
                    Character.LINE_SEPARATOR,
                    Character.PARAGRAPH_SEPARATOR -> false;
            default -> true;
        };
    }
}
