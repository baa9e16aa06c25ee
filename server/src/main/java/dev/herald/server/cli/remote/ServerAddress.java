package dev.herald.server.cli.remote;

import dev.herald.server.config.SettingsReader;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** A host, in brackets where it is an IPv6 address, and a port. */
record ServerAddress(String host, int port) {
    private static final Pattern WRITTEN =
            Pattern.compile("(?<host>\\[[0-9A-Fa-f:.%]+]|[^\\s:/\\[\\]]+):(?<port>\\d{1,5})");
    private static final Pattern LOOPBACK = Pattern.compile("localhost|127(\\.\\d{1,3}){3}|\\[::1]");

    static Optional<ServerAddress> parse(String text) {
        Matcher matcher = WRITTEN.matcher(text.strip());
        if (!matcher.matches()) {
            return Optional.empty();
        }
        int port = Integer.parseInt(matcher.group("port"));
        return port < 1 || port > 65_535
                ? Optional.empty()
                : Optional.of(new ServerAddress(matcher.group("host"), port));
    }

    /** Where a server with these settings listens on this machine. */
    static ServerAddress own(SettingsReader settings) {
        String host = settings.text("GRPC_HOST", "127.0.0.1");
        int port = settings.integer("GRPC_PORT", 9090, 0, 65_535);
        if (port == 0) {
            settings.fault("GRPC_PORT", "is 0, so the server took a free port: name that one by --server", "");
        }
        settings.check();
        if (isAny(host)) {
            return new ServerAddress("localhost", port);
        }
        return new ServerAddress(host.contains(":") ? "[" + host + "]" : host, port);
    }

    /** Told by its name alone; any doubt is a no. */
    boolean isLoopback() {
        return LOOPBACK.matcher(host).matches();
    }

    private static boolean isAny(String host) {
        try {
            return InetAddress.getByName(host).isAnyLocalAddress();
        } catch (UnknownHostException e) {
            return false;
        }
    }

    @Override
    public String toString() {
        return host + ":" + port;
    }
}
