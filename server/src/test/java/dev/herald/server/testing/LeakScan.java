package dev.herald.server.testing;

import dev.herald.server.config.KnownSecrets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Finds what must stand in no log line, span, metric or dump: tokens, secrets and people's addresses. */
public final class LeakScan {
    /** A whole JWS; header and payload alone open nothing. */
    private static final Pattern TOKEN = Pattern.compile("eyJ[\\w-]{5,}\\.[\\w-]{10,}\\.[\\w-]{20,}");

    private static final Pattern LINK = Pattern.compile("[?&]token=[\\w.-]{16,}");
    private static final Pattern BEARER = Pattern.compile("(?i)bearer [\\w-]+\\.[\\w.-]+");

    private static final Pattern PRIVATE_KEY = Pattern.compile("-----BEGIN [A-Z ]*PRIVATE KEY-----");

    private static final Pattern PASSWORD = Pattern.compile("(?i)password=(?![*&\\s])[^&\\s]{3,}");

    /** In any domain, in any script. */
    private static final Pattern ADDRESS =
            Pattern.compile("[\\p{L}\\p{N}_.+'-]+@(?:[\\p{L}\\p{N}-]+\\.)+[\\p{L}][\\p{L}\\p{N}-]+");

    /**
     * Herald's own sender, the one in the mend of a setting, and Message-IDs, which look like addresses: an email_id and a
     * generation, or of a test mail.
     */
    private static final Pattern NOT_PERSONAL = Pattern.compile(
            "attendance@campus\\.example|no-reply@example\\.org|(?:\\d+\\.\\d+|test\\.[0-9a-f-]{36})@[\\w.-]+");

    /** What relays were given and doesn't look like an address: quoted ones, and those without a dot. */
    private static final Set<String> ODD_ADDRESSES = ConcurrentHashMap.newKeySet();

    private LeakScan() {}

    /** A relay of ours was told to send something there. */
    static void recipient(String address) {
        String lower = address.toLowerCase(Locale.ROOT);
        if (lower.indexOf('@') > 0 && !ADDRESS.matcher(lower).matches()) {
            ODD_ADDRESSES.add(lower);
        }
    }

    /** Everything in a text that is a token, a secret or an address. */
    public static List<String> leaks(String text) {
        List<String> leaks = new ArrayList<>(usable(text));
        addresses(text).forEach(leaks::add);
        return leaks;
    }

    /** The same without addresses, for the one table that holds them. */
    public static List<String> usable(String text) {
        List<String> leaks = KnownSecrets.in(text).collect(Collectors.toCollection(ArrayList::new));
        Stream.of(TOKEN, LINK, BEARER, PRIVATE_KEY, PASSWORD)
                .forEach(pattern -> pattern.matcher(text).results().forEach(found -> leaks.add(found.group())));
        return leaks;
    }

    private static Stream<String> addresses(String text) {
        if (text.indexOf('@') < 0) {
            return Stream.empty();
        }
        String lower = text.toLowerCase(Locale.ROOT);
        Stream<String> found = ADDRESS.matcher(lower)
                .results()
                .map(MatchResult::group)
                .filter(address -> !NOT_PERSONAL.matcher(address).matches());
        return Stream.concat(found, ODD_ADDRESSES.stream().filter(lower::contains));
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
