package dev.herald.server.testing;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** Finds what must stand in no log line, span, metric or dump: tokens, secrets and people's addresses. */
public final class LeakScan {
    /** A whole JWS; header and payload alone open nothing. */
    private static final Pattern TOKEN = Pattern.compile("eyJ[\\w-]{5,}\\.[\\w-]{10,}\\.[\\w-]{20,}");

    private static final Pattern LINK = Pattern.compile("[?&]token=[\\w.-]{16,}");
    private static final Pattern BEARER = Pattern.compile("(?i)bearer [\\w-]+\\.[\\w.-]+");

    private static final Pattern PRIVATE_KEY = Pattern.compile("-----BEGIN [A-Z ]*PRIVATE KEY-----");

    /** At the domains that RFC 2606 keeps for documents and tests: no others are used here. */
    private static final Pattern ADDRESS =
            Pattern.compile("[\\w.+-]+@(?:[\\w-]+\\.)*(?:example|test)(?:\\.(?:org|com|net))?\\b");

    /** Herald's own sender, and Message-IDs, which look like addresses: an email_id and a generation. */
    private static final Pattern NOT_PERSONAL = Pattern.compile("attendance@campus\\.example|\\d+\\.\\d+@[\\w.-]+");

    private static final List<String> SECRETS = List.of(HeraldFixture.SIGNING_KEY, HeraldFixture.CALLER_KEY);

    private LeakScan() {}

    /** Everything in a text that is a token, a secret or an address. */
    public static List<String> leaks(String text) {
        List<String> leaks = new ArrayList<>(usable(text));
        addresses(text).forEach(leaks::add);
        return leaks;
    }

    /** The same without addresses, for the one table that holds them. */
    public static List<String> usable(String text) {
        List<String> leaks = new ArrayList<>();
        SECRETS.stream().filter(text::contains).forEach(leaks::add);
        Stream.of(TOKEN, LINK, BEARER, PRIVATE_KEY)
                .forEach(pattern -> pattern.matcher(text).results().forEach(found -> leaks.add(found.group())));
        return leaks;
    }

    private static Stream<String> addresses(String text) {
        return ADDRESS.matcher(text.toLowerCase(Locale.ROOT))
                .results()
                .map(found -> found.group())
                .filter(address -> !NOT_PERSONAL.matcher(address).matches());
    }

    /** Those lines of a text in which something stands that mustn't. */
    public static List<String> leakingLines(String text) {
        return text.lines().filter(line -> !leaks(line).isEmpty()).toList();
    }

    /** Those rows of a database in which something stands that mustn't. */
    public static List<String> leakingRows(String url) {
        return DatabaseDump.of(url).stream()
                .filter(row -> !(row.startsWith("users|") ? usable(row) : leaks(row)).isEmpty())
                .toList();
    }
}
