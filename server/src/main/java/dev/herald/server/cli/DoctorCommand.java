package dev.herald.server.cli;

import dev.herald.server.AppConfig;
import dev.herald.server.config.Settings;
import dev.herald.server.config.SettingsReader;
import dev.herald.server.mail.MailConnection;
import dev.herald.server.mail.MailTransport;
import dev.herald.server.mail.RelayUnavailableException;
import dev.herald.server.mail.Templates;
import dev.herald.server.notification.AttendanceTemplate;
import dev.herald.server.persistence.Database;
import java.io.IOException;
import java.io.PrintWriter;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** Looks for what would keep the server from working, and says how to mend it. Changes nothing but the schema. */
@Command(
        name = "doctor",
        mixinStandardHelpOptions = true,
        description =
                "Checks settings, database, clock, relay, templates and port, and says how to mend what is wrong. Run it"
                        + " where and how serve would run, while serve doesn't. Exit code 1 when something is wrong.")
final class DoctorCommand implements Callable<Integer>, SettingFlags.Taker {
    private static final Duration LARGEST_CLOCK_OFFSET = Duration.ofSeconds(5);

    @Spec
    CommandSpec spec;

    /** One look; an exception's message says what is wrong. */
    private interface Check {
        String run() throws Exception;
    }

    @Override
    public Integer call() {
        SettingsReader settings = Settings.load(SettingFlags.given(spec));
        Logging.configure(settings);
        Logging.set(Logging.LogLevel.ERROR);
        // Settings come first: without them there is nothing to look at.
        AppConfig config = AppConfig.from(settings);
        List<Boolean> results = List.of(
                check("settings", () -> "complete"),
                check("templates", () -> templates(config)),
                check("database", () -> database(config)),
                check("relay", () -> relays(config)),
                check("port", () -> port(config)));
        return results.contains(false) ? 1 : 0;
    }

    private boolean check(String what, Check check) {
        PrintWriter out = spec.commandLine().getOut();
        try {
            out.printf("ok    %-10s %s%n", what, check.run());
            return true;
        } catch (Exception e) {
            out.printf("WRONG %-10s %s%n", what, e.getMessage());
            return false;
        } finally {
            out.flush();
        }
    }

    private static String templates(AppConfig config) {
        var unused = new AttendanceTemplate(new Templates(config.mail().templateDirectory()), config.notification());
        return "readable";
    }

    private static String database(AppConfig config) throws IOException {
        try (Database database = Database.open(config.database(), List.of())) {
            Instant theirs = database.now();
            Duration offset =
                    Duration.between(Clock.systemUTC().instant(), theirs).abs();
            if (offset.compareTo(LARGEST_CLOCK_OFFSET) > 0) {
                throw new IOException(
                        "clocks differ by " + offset.toSeconds() + " s; synchronise this machine's and the database's");
            }
            return "reachable, schema up to date, clocks agree";
        }
    }

    private static String relays(AppConfig config) throws IOException {
        List<String> reached = new ArrayList<>();
        for (MailTransport transport : MailTransport.of(config.mail())) {
            reached.add(reach(transport));
        }
        return "accept connections: " + String.join(", ", reached);
    }

    private static String reach(MailTransport transport) throws IOException {
        try (MailConnection connection = transport.connect()) {
            return connection.relay();
        } catch (RelayUnavailableException e) {
            throw new IOException(
                    "relay " + transport.relay() + " can't be used: "
                            + e.reply().text() + "; look at EMAIL_HOST, EMAIL_PORT, EMAIL_USE_TLS and the login",
                    e);
        }
    }

    private static String port(AppConfig config) throws IOException {
        InetAddress host = InetAddress.getByName(config.rpc().host());
        try (ServerSocket socket = new ServerSocket(config.rpc().port(), 1, host)) {
            return "free: " + socket.getLocalPort();
        } catch (IOException e) {
            throw new IOException(
                    "can't listen on " + config.rpc().host() + ":"
                            + config.rpc().port() + ": " + e.getMessage() + "; set GRPC_PORT or GRPC_HOST",
                    e);
        }
    }
}
