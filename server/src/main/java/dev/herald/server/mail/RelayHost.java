package dev.herald.server.mail;

import java.util.Arrays;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A relay to connect to.
 *
 * @param host its name or address
 * @param port its port
 */
public record RelayHost(String host, int port) {
    private static final Pattern TEXT =
            Pattern.compile("(?:\\[(?<v6>[0-9a-fA-F:.]+)]|(?<name>[a-zA-Z0-9._-]+))(?::(?<port>\\d{1,5}))?");

    /**
     * Reads {@code host}, {@code host:port}, or several of them with commas between.
     *
     * @throws IllegalArgumentException whose message says what would be right
     */
    static List<RelayHost> parseAll(String text, int defaultPort) {
        return Arrays.stream(text.split(",", -1))
                .map(part -> parse(part.strip(), defaultPort))
                .toList();
    }

    private static RelayHost parse(String text, int defaultPort) {
        Matcher matcher = TEXT.matcher(text);
        if (!matcher.matches()) {
            throw new IllegalArgumentException("must be host or host:port, several with commas between");
        }
        String host = matcher.group("v6") == null ? matcher.group("name") : matcher.group("v6");
        int port = matcher.group("port") == null ? defaultPort : Integer.parseInt(matcher.group("port"));
        if (port < 1 || port > 65_535) {
            throw new IllegalArgumentException("must have ports from 1 to 65535");
        }
        return new RelayHost(host, port);
    }

    @Override
    public String toString() {
        return (host.contains(":") ? "[" + host + "]" : host) + ":" + port;
    }
}
