package dev.herald.server.system;

import dev.herald.server.error.PlainWords;
import dev.herald.server.persistence.DatabaseConfig;
import dev.herald.server.persistence.DatabaseProbe;
import dev.herald.server.persistence.SchemaVersions;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Duration;
import java.util.List;

/** Whether the database can be reached, has the schema this process needs, and agrees on the time. */
public final class DatabaseCheck implements SystemCheck {
    private static final String NAME = "database";
    private static final Duration NOTED_OFFSET = Duration.ofSeconds(2);
    private static final Duration LARGEST_OFFSET = Duration.ofSeconds(30);

    private final DatabaseConfig config;
    private final Clock clock;

    public DatabaseCheck(DatabaseConfig config, Clock clock) {
        this.config = config;
        this.clock = clock;
    }

    @Override
    public String name() {
        return NAME;
    }

    @Override
    public String mend() {
        return config.url().isPresent()
                ? "look at DATABASE_URL: is a PostgreSQL listening there, and does no firewall stand between?"
                : "look at HERALD_DATA_DIR, and at postgresql.log in it";
    }

    @Override
    public List<CheckResult> look() {
        try (DatabaseProbe probe = DatabaseProbe.open(config)) {
            String where = config.url().isPresent() ? "the database" : "the embedded database";
            return List.of(
                    CheckResult.ok(NAME, where + " lets us in"),
                    schema(probe.schema()),
                    clock(probe.clockOffset(clock)));
        } catch (SQLException e) {
            return List.of(CheckResult.failed(NAME, describe(e), mend(e)));
        }
    }

    private static CheckResult schema(SchemaVersions schema) {
        if (schema.isEmpty()) {
            return CheckResult.ok("schema", "not there yet: serve makes it when it starts");
        } else if (schema.pending() > 0) {
            return CheckResult.failed(
                    "schema",
                    "behind: at version " + schema.present() + ", this Herald needs " + schema.expected(),
                    "run ./herald migrate; serve does so too when it starts");
        } else if (!schema.present().equals(schema.expected())) {
            return CheckResult.warning(
                    "schema",
                    "ahead: at version " + schema.present() + ", this Herald knows " + schema.expected(),
                    "a newer Herald has been here: run that version, or one newer still");
        }
        return CheckResult.ok("schema", "at version " + schema.present());
    }

    private static CheckResult clock(Duration offset) {
        String finding = "the database's clock is " + offset.abs().toMillis() + " ms "
                + (offset.isNegative() ? "behind" : "ahead of") + " this machine's";
        String mend = "have both machines' clocks synchronised (NTP): links and leases go by them";
        if (offset.abs().compareTo(LARGEST_OFFSET) > 0) {
            return CheckResult.failed("clock", finding, mend);
        }
        return offset.abs().compareTo(NOTED_OFFSET) > 0
                ? CheckResult.warning("clock", finding, mend)
                : CheckResult.ok("clock", finding);
    }

    /** By SQLSTATE (PostgreSQL, appendix A): a login refused, no such database, anything else. */
    private String mend(SQLException fault) {
        String state = state(fault);
        if (state.startsWith("28")) {
            return "look at DATABASE_USER and DATABASE_PASSWORD";
        }
        return state.equals("3D000") ? "make the database, or name another in DATABASE_URL" : mend();
    }

    /** The driver wraps what kept it from connecting (class 08). */
    private static String describe(SQLException fault) {
        return state(fault).startsWith("08")
                ? "it can't be reached: " + PlainWords.ofCause(fault)
                : PlainWords.of(fault);
    }

    private static String state(SQLException fault) {
        return fault.getSQLState() == null ? "" : fault.getSQLState();
    }
}
