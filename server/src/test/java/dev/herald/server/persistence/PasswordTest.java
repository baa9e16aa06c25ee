package dev.herald.server.persistence;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.herald.client.HeraldClient;
import dev.herald.client.ServiceCallException;
import dev.herald.server.caller.Role;
import dev.herald.server.testing.HeraldFixture;
import dev.herald.server.testing.TestDatabase;
import io.grpc.Status;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The database's password is changed while the server runs. */
class PasswordTest {
    private static final String ROLE = "keyholder";
    private static final String FIRST = "the-password-before";
    private static final String SECOND = "the-password-after";

    @TempDir
    Path folder;

    @Test
    void password_changedOnDiskAndInTheDatabase_isWhatNewConnectionsLogInWith() throws IOException, SQLException {
        String url = TestDatabase.newDatabase();
        askForPassword(url);
        TestDatabase.update(url, "CREATE ROLE " + ROLE + " SUPERUSER LOGIN PASSWORD '" + FIRST + "'");
        Path file = Files.writeString(folder.resolve("password"), FIRST);
        String withoutUser = url.replaceFirst("[?&]user=[^&]*", "").replaceFirst("[?&]password=[^&]*", "");
        try (HeraldFixture herald = HeraldFixture.on(
                withoutUser,
                Map.of("DELIVERY", "off", "DATABASE_USER", ROLE, "DATABASE_PASSWORD_FILE", file.toString()))) {
            assertThat(works(herald)).isTrue();
            TestDatabase.update(url, "ALTER ROLE " + ROLE + " PASSWORD '" + SECOND + "'");
            // One that is just being made isn't there to be cut yet.
            await().until(() -> {
                cutAll(url);
                return !works(herald);
            });
            Files.writeString(file, SECOND);
            await().until(() -> works(herald));
        } finally {
            cutAll(url);
        }
    }

    /** PostgreSQL asks this role, and lets all others of the tests in without. */
    private static void askForPassword(String url) throws SQLException, IOException {
        try (Connection connection = DriverManager.getConnection(url);
                Statement statement = connection.createStatement()) {
            Path rules;
            try (ResultSet row = statement.executeQuery("SHOW hba_file")) {
                row.next();
                rules = Path.of(row.getString(1));
            }
            Files.writeString(rules, "host all " + ROLE + " 127.0.0.1/32 scram-sha-256\n" + Files.readString(rules));
            statement.execute("SELECT pg_reload_conf()");
        }
    }

    private static void cutAll(String url) {
        TestDatabase.number(
                url, "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity WHERE usename = '" + ROLE + "'");
    }

    /** Whether an answer comes soon. The client would call again by itself for longer than that. */
    private static boolean works(HeraldFixture herald) {
        try (HeraldClient impatient = HeraldClient.builder("127.0.0.1:" + herald.port())
                .plaintext()
                .bearerToken(HeraldFixture.bearer(Role.READER))
                .deadline(Duration.ofSeconds(2))
                .build()) {
            impatient.notifications().sessionDelivery(4711);
            return true;
        } catch (ServiceCallException e) {
            return e.code() == Status.Code.NOT_FOUND;
        }
    }
}
