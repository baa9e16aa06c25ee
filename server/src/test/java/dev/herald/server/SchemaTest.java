package dev.herald.server;

import static org.assertj.core.api.Assertions.assertThat;

import dev.herald.server.persistence.Database;
import dev.herald.server.testing.TestDatabase;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;

/** The migrations, and the schema they end in. */
class SchemaTest {
    private static final Path GOLDEN =
            Path.of(System.getProperty("herald.root"), "server/src/test/resources/schema.golden.txt");

    @Test
    void migrate_emptyDatabase_endsInTheGoldenSchema() throws IOException {
        String url = TestDatabase.newEmptyDatabase();
        Database.migrate(TestDatabase.configOf(url));
        String schema = SchemaDump.of(url);
        if (Boolean.getBoolean("schema.renew")) {
            Files.writeString(GOLDEN, schema);
        }
        assertThat(schema)
                .as(
                        "The schema has changed. When that is meant, add -Dtest=SchemaTest -Dschema.renew=true -pl server -am"
                                + " -Dsurefire.failIfNoSpecifiedTests=false to ./mvnw test, and look at what changed in "
                                + GOLDEN)
                .isEqualTo(Files.readString(GOLDEN));
    }

    @Test
    void migrate_again_changesNothing() {
        String url = TestDatabase.newEmptyDatabase();
        assertThat(Database.migrate(TestDatabase.configOf(url))).isPositive();
        String schema = SchemaDump.of(url);
        assertThat(Database.migrate(TestDatabase.configOf(url))).isZero();
        assertThat(SchemaDump.of(url)).isEqualTo(schema);
    }

    @Test
    void migrate_threeAtOnce_allSucceedAndEachMigrationRunsOnce() throws Exception {
        int all = Database.migrate(TestDatabase.configOf(TestDatabase.newEmptyDatabase()));
        for (int round = 0; round < 3; round++) {
            String url = TestDatabase.newEmptyDatabase();
            List<Integer> runs = threeTimes(() -> Database.migrate(TestDatabase.configOf(url)));
            assertThat(runs.stream().mapToInt(Integer::intValue).sum()).isEqualTo(all);
        }
    }

    private static <T> List<T> threeTimes(Callable<T> work) throws Exception {
        ExecutorService threads = Executors.newFixedThreadPool(3);
        try {
            List<T> results = new ArrayList<>();
            for (Future<T> future : threads.invokeAll(List.of(work, work, work))) {
                results.add(future.get());
            }
            return results;
        } finally {
            threads.shutdownNow();
        }
    }
}
