package dev.herald.server.mail;

import com.ibm.icu.text.IDNA;
import java.nio.charset.StandardCharsets;
import java.text.Normalizer;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * One mailbox address that may be put on the wire (RFC 5321, RFC 6531): a dot-atom and a domain name. Quoted local parts and
 * address literals are refused by policy, comments, white space and display names by nature. An internationalised domain is
 * kept as A-labels (UTS 46, non-transitional). Immutable.
 */
public final class MailAddress {
    static final int LONGEST_LOCAL_PART = 64;
    private static final int LONGEST = 254;
    private static final Pattern DOT_ATOM = Pattern.compile(
            "[a-zA-Z0-9!#$%&'*+/=?^_`{|}~\\x80-\\x{10FFFF}-]+(\\.[a-zA-Z0-9!#$%&'*+/=?^_`{|}~\\x80-\\x{10FFFF}-]+)*+");
    private static final String LABEL = "[a-zA-Z0-9]([a-zA-Z0-9-]{0,61}[a-zA-Z0-9])?";
    private static final Pattern DOMAIN = Pattern.compile(LABEL + "(\\." + LABEL + ")*+");
    private static final IDNA UTS46 = IDNA.getUTS46Instance(IDNA.NONTRANSITIONAL_TO_ASCII
            | IDNA.USE_STD3_RULES
            | IDNA.CHECK_BIDI
            | IDNA.CHECK_CONTEXTJ
            | IDNA.CHECK_CONTEXTO);

    private final String localPart;
    private final String domain;
    private final String text;
    private final boolean smtpUtf8;

    private MailAddress(String localPart, String domain) {
        this.localPart = localPart;
        this.domain = domain;
        this.text = localPart + "@" + domain;
        this.smtpUtf8 = !isAscii(localPart);
    }

    /** The address, or nothing when the text isn't exactly one. */
    public static Optional<MailAddress> of(String text) {
        int at = text.lastIndexOf('@');
        if (at < 1 || !isAscii(text)) {
            return ofAny(text);
        }
        return text.length() <= LONGEST && AsciiAddress.isValid(text, at)
                ? Optional.of(new MailAddress(text.substring(0, at), text.substring(at + 1)))
                : Optional.empty();
    }

    /** The rules as they are written, for any text. */
    static Optional<MailAddress> ofAny(String text) {
        int at = text.lastIndexOf('@');
        if (at < 1 || narrowsToLineEnd(text) || octets(text) > LONGEST) {
            return Optional.empty();
        }
        String localPart = text.substring(0, at);
        return isLocalPart(localPart)
                ? asciiDomain(text.substring(at + 1))
                        .map(domain -> new MailAddress(localPart, domain))
                        .filter(address -> octets(address.text()) <= LONGEST)
                : Optional.empty();
    }

    /**
     * The same for settings.
     *
     * @throws IllegalArgumentException when the text is no address; the message doesn't repeat it
     */
    public static MailAddress parse(String text) {
        return of(text).orElseThrow(
                        () -> new IllegalArgumentException("must be one mail address, such as a@example.org"));
    }

    /**
     * Why a text is refused at entry: HEADER_INJECTION or CONTROL_CHARACTER for what {@link HeaderText} refuses (and for
     * characters that turn into a line end where somebody keeps only their low byte, such as U+010A), RECIPIENT_INVALID
     * for what is otherwise no address; nothing when it is one.
     */
    public static Optional<String> fault(String text) {
        if (isValid(text)) {
            return Optional.empty();
        }
        return HeaderText.fault(text)
                .or(() -> Optional.of(narrowsToLineEnd(text) ? HeaderText.HEADER_INJECTION : "RECIPIENT_INVALID"));
    }

    public static boolean isValid(String text) {
        return of(text).isPresent();
    }

    /** The part in front of the at sign, as it was written. */
    public String localPart() {
        return localPart;
    }

    /** The domain in ASCII. */
    public String domain() {
        return domain;
    }

    /** The whole address, for the wire; keep it out of logs. */
    public String text() {
        return text;
    }

    /** Whether only a relay that offers SMTPUTF8 (RFC 6531) can take it. */
    public boolean needsSmtpUtf8() {
        return smtpUtf8;
    }

    private static boolean isAscii(String text) {
        for (int i = 0; i < text.length(); i++) {
            if (text.charAt(i) >= 0x80) {
                return false;
            }
        }
        return true;
    }

    private static boolean isLocalPart(String text) {
        // A compatibility form such as U+FF20 (a full-width at sign) must not become a special later on.
        return octets(text) <= LONGEST_LOCAL_PART
                && isDotAtom(text)
                && isDotAtom(Normalizer.normalize(text, Normalizer.Form.NFKC));
    }

    private static boolean isDotAtom(String text) {
        return DOT_ATOM.matcher(text).matches() && text.codePoints().allMatch(MailAddress::isVisible);
    }

    private static boolean isVisible(int codePoint) {
        return switch (Character.getType(codePoint)) {
            case Character.CONTROL,
                    Character.FORMAT,
                    Character.SURROGATE,
                    Character.PRIVATE_USE,
                    Character.UNASSIGNED,
                    Character.SPACE_SEPARATOR,
                    Character.LINE_SEPARATOR,
                    Character.PARAGRAPH_SEPARATOR -> false;
            default -> true;
        };
    }

    private static Optional<String> asciiDomain(String text) {
        if (isAscii(text)) {
            return Optional.of(text).filter(domain -> DOMAIN.matcher(domain).matches());
        }
        IDNA.Info info = new IDNA.Info();
        String ascii = UTS46.nameToASCII(text, new StringBuilder(), info).toString();
        return Optional.of(ascii)
                .filter(domain -> !info.hasErrors() && DOMAIN.matcher(domain).matches());
    }

    /** CVE-2025-7962: a mail library that wrote the low byte of each character made CR LF of U+760D U+760A. */
    private static boolean narrowsToLineEnd(String text) {
        return text.chars().map(c -> c & 0xFF).anyMatch(low -> low == '\r' || low == '\n' || low == 0);
    }

    private static int octets(String text) {
        return text.getBytes(StandardCharsets.UTF_8).length;
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof MailAddress address && address.text.equals(text);
    }

    @Override
    public int hashCode() {
        return text.hashCode();
    }

    /** Doesn't tell the address. */
    @Override
    public String toString() {
        return "MailAddress[***]";
    }
}
