package dev.herald.server;

import static org.assertj.core.api.Assertions.assertThat;

import dev.herald.server.config.Settings;
import dev.herald.server.persistence.Database;
import dev.herald.server.persistence.DatabaseConfig;
import dev.herald.server.testing.TestDatabase;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** DIRECTORY=shared: a campus system's database, with tables, rows and INTEGER ids of its own. */
class SharedSchemaTest {
    private static final String[] THEIRS = {"users", "student_profiles", "courses", "sessions"};

    private final String url = TestDatabase.newEmptyDatabase();
    private final DatabaseConfig config =
            DatabaseConfig.from(Settings.of(Map.of("DATABASE_URL", url, "DIRECTORY", "shared"), Map.of()));

    @BeforeEach
    void campus() {
        TestDatabase.update(url, """
                CREATE TABLE users (user_id serial PRIMARY KEY, email varchar(254) UNIQUE NOT NULL,
                    first_name varchar(100) NOT NULL, last_name varchar(100) NOT NULL, password_hash text,
                    user_type varchar(20) NOT NULL CHECK (user_type IN ('student', 'lecturer')),
                    is_active boolean NOT NULL DEFAULT true);
                CREATE TABLE student_profiles (student_profile_id serial PRIMARY KEY,
                    user_id integer NOT NULL REFERENCES users, program_id integer NOT NULL, stream_id integer,
                    is_active boolean NOT NULL DEFAULT true);
                CREATE TABLE courses (course_id serial PRIMARY KEY, course_code varchar(20) NOT NULL,
                    course_name varchar(100) NOT NULL);
                CREATE TABLE sessions (session_id serial PRIMARY KEY, course_id integer NOT NULL REFERENCES courses,
                    program_id integer NOT NULL, stream_id integer, time_created timestamptz NOT NULL,
                    time_ended timestamptz NOT NULL, location varchar(100));
                INSERT INTO users VALUES (1, 'asha@example.org', 'Asha', 'Rao', 'x', 'student', true);
                INSERT INTO student_profiles VALUES (2, 1, 7, 3, true);
                INSERT INTO courses VALUES (4, 'CS', 'Computing');
                INSERT INTO sessions VALUES (5, 4, 7, 3, now(), now() + interval '1 hour', NULL);
                """);
    }

    @Test
    void migrate_tablesOfOthers_leavesThemAlone() {
        String before = SchemaDump.ofTables(url, THEIRS);
        assertThat(Database.migrate(config)).isPositive();
        assertThat(SchemaDump.ofTables(url, THEIRS)).isEqualTo(before);
        assertThat(SchemaDump.query(url, "SELECT email FROM users")).containsExactly("asha@example.org");
        assertThat(Database.migrate(config)).isZero();
    }

    @Test
    void tables_overIntegerIds_takeRowsAndFollowDeletions() {
        Database.migrate(config);
        TestDatabase.update(
                url,
                "INSERT INTO email_notifications (session_id, student_profile_id, token, jti, token_expires_at)"
                        + " VALUES (5, 2, 'header.payload', 'j1', now() + interval '1 hour')");
        assertThat(TestDatabase.update(url, "DELETE FROM sessions WHERE session_id = 5"))
                .isEqualTo(1);
        assertThat(SchemaDump.query(url, "SELECT jti FROM email_notifications")).isEmpty();
        assertThat(SchemaDump.query(url, "SELECT jti || ' ' || state FROM token_states"))
                .containsExactly("j1 revoked");
    }

    @Test
    void open_everyEntity_isMapped() {
        try (Database database = Database.open(config, Application.entities())) {
            assertThat(database.transactions()
                            .<Long>write(session -> session.createSelectionQuery(
                                            "select count(*) from EmailNotification", Long.class)
                                    .getSingleResult()))
                    .isZero();
        }
    }
}
