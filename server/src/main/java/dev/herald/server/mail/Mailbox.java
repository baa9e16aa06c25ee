package dev.herald.server.mail;

import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Whom a mail is from or to.
 *
 * @param address the address
 * @param name the name shown beside it; it may hold anything {@link HeaderText} lets pass, and never changes the address
 */
public record Mailbox(MailAddress address, Optional<String> name) {
    private static final Pattern WITH_NAME = Pattern.compile("(?<name>[^<]*)<(?<address>[^<>]*)>");

    /** A mailbox with no name, or a name; a name without a visible character counts as none. */
    public Mailbox {
        name = name.filter(text -> !HeaderText.withoutBidiControls(text).isBlank());
    }

    public static Mailbox of(MailAddress address) {
        return new Mailbox(address, Optional.empty());
    }

    public static Mailbox named(MailAddress address, String name) {
        return new Mailbox(address, Optional.of(name));
    }

    /**
     * Reads {@code a@example.org} or {@code Any Name <a@example.org>}, as settings have it.
     *
     * @throws IllegalArgumentException when it is neither; the message says what would be right
     */
    public static Mailbox parse(String text) {
        Matcher matcher = WITH_NAME.matcher(text.strip());
        if (!matcher.matches()) {
            return of(MailAddress.parse(text.strip()));
        }
        String name = matcher.group("name").strip();
        boolean quoted = name.length() >= 2 && name.startsWith("\"") && name.endsWith("\"");
        return named(
                MailAddress.parse(matcher.group("address").strip()),
                quoted ? name.substring(1, name.length() - 1) : name);
    }

    /** The value of a From or To header, folded. */
    String header() {
        return name.isEmpty() ? address.text() : HeaderText.phrase(name.get()) + "\r\n <" + address.text() + ">";
    }
}
