package dev.herald.server.telemetry;

import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Masks what must not stand in a log: links' and callers' tokens, mail addresses, passwords. Nothing of the kind is meant to get
 * there; this is what holds when a library, or a mistake, puts it into a message all the same. It may mask too much, never too
 * little. Pure, and linear in the text's length.
 */
public final class Redaction {
    private static final String MASK = "***";

    /** A web token or the beginning of one: an object's first characters in base64, and what hangs on them. */
    private static final String TOKEN = "eyJ[\\w-]{5,}+[\\w.=-]*+";

    /** What stands behind the name of a secret: in addresses of pages, in headers, in JSON. */
    private static final String NAMED = "(?<name>(?i:"
            + "\\b[\\w-]*?(?:token|password|passwd|pwd|secret|signature|api[_-]?key)=[\"']?"
            + "|[\"'][\\w-]*?(?:token|password|passwd|pwd|secret)[\"']\\s{0,9}:\\s{0,9}[\"']"
            + "|\\bauthorization[:=]\\s{0,9}(?:(?:basic|bearer|digest)\\s{1,9})?"
            + "|\\bbearer\\s{1,9}(?=[\\w.~+/-]{16})))[^\\s\"'&,;)}\\]]++";

    /** Name and password in front of a host. */
    private static final String IN_URL = "(?<scheme>\\b[A-Za-z][\\w+.-]{0,30}://)[^\\s/?#]{1,512}(?=@)";

    /** An object as Java prints it, which is no address. */
    private static final String OBJECT =
            "(?<object>(?<![\\w.%+-])(?:[a-z]\\w*+\\.)*+[A-Z][\\w.$/]*+@[0-9a-f]{1,10}(?![\\w.-]))";

    /** As it is written, or as it stands in the query of a URL. */
    private static final String ADDRESS = "(?:(?:\"[^\"\\n]{1,64}+\"|[^\\s<>\"(),:;\\[\\]@]{1,320}+)@"
            + "|(?:[^\\s<>\"(),:;\\[\\]@%?&=/]|%(?!40)){1,320}+%40)"
            + "(?:\\[[^\\]\\s]*+]|[^\\s<>\"'(),:;\\[\\]{}|]++)";

    private static final Pattern SENSITIVE =
            Pattern.compile(String.join("|", TOKEN, NAMED, IN_URL, OBJECT, ADDRESS), Pattern.UNICODE_CHARACTER_CLASS);

    private Redaction() {}

    /** The text with everything of the kind masked. */
    public static String mask(String text) {
        Matcher found = SENSITIVE.matcher(text);
        if (!found.find()) {
            return text;
        }
        StringBuilder masked = new StringBuilder(text.length());
        do {
            found.appendReplacement(masked, Matcher.quoteReplacement(replacement(found)));
        } while (found.find());
        return found.appendTail(masked).toString();
    }

    private static String replacement(Matcher found) {
        if (found.group("object") != null) {
            return found.group();
        } else if (found.group("name") != null) {
            return found.group("name") + MASK;
        }
        return found.group("scheme") == null ? MASK : found.group("scheme") + MASK;
    }
}
