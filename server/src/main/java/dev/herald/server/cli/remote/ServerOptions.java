package dev.herald.server.cli.remote;

import dev.herald.client.HeraldClient;
import dev.herald.client.HeraldClientBuilder;
import dev.herald.server.caller.Role;
import dev.herald.server.cli.terminal.Console;
import dev.herald.server.config.Settings;
import dev.herald.server.config.SettingsReader;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** The options that every command has which calls a server. */
final class ServerOptions {
    @Spec(Spec.Target.MIXEE)
    CommandSpec command;

    @Option(
            names = "--json",
            order = 101,
            description = "print each answer as a line of JSON; an error as one to standard error")
    boolean json;

    @Option(names = "--progress", order = 102, description = "show progress although standard output is no terminal")
    boolean progress;

    @Option(
            names = "--server",
            order = 103,
            paramLabel = "HOST:PORT",
            description = "the server to call (GRPC_HOST and GRPC_PORT: 127.0.0.1:9090)")
    @Nullable
    String address;

    @Option(
            names = "--token-file",
            order = 104,
            paramLabel = "FILE",
            description = "file with the bearer token to show (else HERALD_TOKEN, else one made with AUTH_JWT_SECRET)")
    @Nullable
    Path tokenFile;

    @Option(
            names = "--timeout",
            order = 105,
            defaultValue = "10s",
            paramLabel = "TIME",
            description = "how long a call may take (10s)")
    Duration timeout;

    @Option(
            names = "--tls",
            order = 106,
            description =
                    "TLS, trusting the system's authorities; that is usual but for this machine's own server, which is"
                            + " called as GRPC_TLS_CERT says")
    boolean tls;

    @Option(names = "--plaintext", order = 107, description = "no TLS: whoever is on the way can read the token")
    boolean plaintext;

    @Option(
            names = "--ca",
            order = 108,
            paramLabel = "FILE",
            description = "TLS, trusting the authorities in this PEM file")
    @Nullable
    Path authorities;

    @Option(
            names = "--cert",
            order = 109,
            paramLabel = "FILE",
            description = "PEM file with the client certificate to show")
    @Nullable
    Path certificate;

    @Option(names = "--key", order = 110, paramLabel = "FILE", description = "PEM file with its private key")
    @Nullable
    Path privateKey;

    @Option(
            names = "--server-name",
            order = 111,
            paramLabel = "NAME",
            description = "the name the server's certificate is for, where that isn't HOST")
    @Nullable
    String serverName;

    /** Nothing is sent until the first call. */
    Connection connect(Console console, Role role) throws IOException {
        refuseContradictions();
        SettingsReader settings = Settings.of(console.environment(), Map.of());
        ServerAddress server = address == null ? ServerAddress.own(settings) : given(address);
        Credential credential = Credential.of(tokenFile, certificate != null, settings, role);
        HeraldClientBuilder builder =
                HeraldClient.builder(server.toString()).deadline(timeout).validationDeadline(timeout);
        boolean encrypted = secure(builder, server, settings);
        credential.token().ifPresent(builder::bearerToken);
        return new Connection(builder.build(), server.toString(), encrypted, credential, timeout);
    }

    private void refuseContradictions() {
        if (plaintext && (tls || authorities != null || certificate != null || serverName != null)) {
            throw wrong("--plaintext goes with none of --tls, --ca, --cert and --server-name");
        }
        if ((certificate == null) != (privateKey == null)) {
            throw wrong("--cert and --key go together");
        }
    }

    private ServerAddress given(String text) {
        return ServerAddress.parse(text)
                .orElseThrow(() -> wrong("--server: must be a host and a port, such as herald.campus.example:9090"));
    }

    /** Whether the connection is encrypted. A token goes in the clear where nobody else listens, or where it was asked for. */
    private boolean secure(HeraldClientBuilder builder, ServerAddress server, SettingsReader settings)
            throws IOException {
        boolean told = tls || authorities != null || certificate != null || serverName != null;
        if (told) {
            tls(builder);
            return true;
        }
        boolean here = address == null || server.isLoopback();
        if (here && !plaintext && OwnCertificate.trust(builder, settings)) {
            return true;
        }
        if (here || plaintext) {
            builder.plaintext().insecureCredentials();
            return false;
        }
        return true;
    }

    private void tls(HeraldClientBuilder builder) {
        if (authorities != null) {
            builder.tls(authorities);
        }
        if (certificate != null && privateKey != null) {
            builder.clientCertificate(certificate, privateKey);
        }
        if (serverName != null) {
            builder.serverName(serverName);
        }
    }

    private CommandLine.ParameterException wrong(String what) {
        return new CommandLine.ParameterException(command.commandLine(), what);
    }
}
