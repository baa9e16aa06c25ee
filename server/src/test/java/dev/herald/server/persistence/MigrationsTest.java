package dev.herald.server.persistence;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.herald.server.testing.TestDatabase;
import org.junit.jupiter.api.Test;

class MigrationsTest {
    @Test
    void migrate_whatTheDatabaseRefuses_isToldInItsWords() {
        String url = TestDatabase.newEmptyDatabase();
        TestDatabase.update(url, "CREATE TABLE outbox (x int)");
        assertThatThrownBy(() -> Database.migrate(TestDatabase.configOf(url)))
                .hasMessageStartingWith("the schema can't be brought up to date: ")
                .hasMessageContaining("relation \"outbox\" already exists")
                .message()
                .hasLineCount(1);
    }
}
