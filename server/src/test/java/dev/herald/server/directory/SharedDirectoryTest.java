package dev.herald.server.directory;

import static org.assertj.core.api.Assertions.assertThat;

import dev.herald.server.config.Settings;
import dev.herald.server.persistence.Database;
import dev.herald.server.persistence.DatabaseConfig;
import dev.herald.server.testing.TestDatabase;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A campus system's own tables, with INTEGER ids. */
class SharedDirectoryTest {
    private static Database database;
    private final DirectoryRepository repository = new DirectoryRepository();

    @BeforeAll
    static void open() {
        String url = TestDatabase.newEmptyDatabase();
        TestDatabase.update(url, """
                CREATE TABLE users (user_id integer PRIMARY KEY, email varchar(254) NOT NULL,
                    first_name varchar(300) NOT NULL, last_name varchar(300) NOT NULL, user_type varchar(64) NOT NULL,
                    is_active boolean NOT NULL);
                CREATE TABLE student_profiles (student_profile_id integer PRIMARY KEY,
                    user_id integer NOT NULL REFERENCES users, program_id integer NOT NULL, stream_id integer,
                    is_active boolean NOT NULL);
                CREATE TABLE courses (course_id integer PRIMARY KEY, course_code varchar(64) NOT NULL,
                    course_name varchar(300) NOT NULL);
                CREATE TABLE sessions (session_id integer PRIMARY KEY, course_id integer NOT NULL REFERENCES courses,
                    program_id integer NOT NULL, stream_id integer, time_created timestamptz NOT NULL,
                    time_ended timestamptz NOT NULL, location varchar(300), time_zone varchar(64));
                INSERT INTO users VALUES (1, 'asha@example.org', 'Asha', 'Rao', 'student', true);
                INSERT INTO student_profiles VALUES (2, 1, 7, 3, true);
                INSERT INTO courses VALUES (4, 'CS', 'Computing');
                INSERT INTO sessions VALUES (5, 4, 7, 3, '2025-10-25T02:30Z', '2025-10-25T03:30Z', null, null);
                """);
        database = Database.open(
                DatabaseConfig.from(Settings.of(Map.of("DATABASE_URL", url, "DIRECTORY", "shared"), Map.of())),
                DirectoryRepository.entities());
    }

    @AfterAll
    static void close() {
        database.close();
    }

    @Test
    void reads_knownIds_answer() {
        ClassSession session = find(5);
        assertThat(session.streamId()).isEqualTo(3);
        assertThat(exists(5)).isTrue();
        assertThat(eligible(session, 0)).containsExactly(2);
    }

    /** B2. */
    @ParameterizedTest
    @ValueSource(longs = {2_147_483_648L, 4_294_967_301L, Long.MAX_VALUE})
    void reads_idsThatDontFit_areAbsent(long id) {
        boolean found = database.transactions()
                .write(session -> repository.findSession(session, id).isPresent());
        assertThat(found).isFalse();
        assertThat(exists(id)).isFalse();
        assertThat(eligible(find(5), id)).isEmpty();
    }

    private ClassSession find(long id) {
        return database.transactions()
                .write(session -> repository.findSession(session, id).orElseThrow());
    }

    private boolean exists(long sessionId) {
        return database.transactions().readSql(connection -> repository.sessionExists(connection, sessionId));
    }

    private long[] eligible(ClassSession session, long after) {
        return database.transactions()
                .readSql(connection -> repository.eligibleStudents(connection, session, after, 10));
    }
}
