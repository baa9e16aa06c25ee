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
        Matcher enhanced = ENHANCED.matcher(response);
        String text = CODES.matcher(head(response)).replaceAll("");
        return new RelayReply(Math.max(code, 0), enhanced.find() ? String.valueOf(enhanced.group(1)) : "", clean(text));
    }

    /** The same, where the relay may have repeated part of the recipient's address. */
    static RelayReply read(int code, String response, MailAddress recipient) {
        String localPart = recipient.localPart();
        String masked = localPart.length() < 3
                ? head(response)
                : head(response).replaceAll("(?i)" + Pattern.quote(localPart), "***");
        return read(code, masked);
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
