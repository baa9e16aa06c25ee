package dev.herald.server.directory;

import static org.assertj.core.api.Assertions.assertThat;

import dev.herald.server.error.HeraldException;
import dev.herald.server.persistence.Database;
import dev.herald.v1.ErrorReason;
import java.sql.Connection;
import java.sql.DriverManager;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.LongStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;

class ConcurrentUpsertTest {
    private static final int CALLERS = 6;
    private static final int CALLS = 15;
    private static final int RACES = 150;
    private static final Database DATABASE = DirectorySamples.database();
    private final DirectoryRepository repository = new DirectoryRepository();

    @AfterAll
    static void close() {
        DATABASE.close();
    }

    /** On plain connections, so that no repetition hides a deadlock. */
    @Test
    void upserts_sameIdsInShuffledOrders_neverDeadlock() throws Exception {
        List<Callable<Integer>> callers = new ArrayList<>();
        for (int caller = 0; caller < CALLERS; caller++) {
            Random random = new Random(caller);
            callers.add(() -> upsertOften(random));
        }
        ExecutorService threads = Executors.newFixedThreadPool(CALLERS);
        int inserted = 0;
        for (Future<Integer> caller : threads.invokeAll(callers)) {
            inserted += caller.get();
        }
        threads.shutdown();
        assertThat(inserted).isEqualTo(600);
        assertThat(DirectorySamples.number(DATABASE, "SELECT count(*) FROM student_profiles WHERE user_id <= 300"))
                .isEqualTo(300);
    }

    /** The user is there or missing, and never a broken foreign key. */
    @Test
    void upsertStudents_whileTheirUserIsErased_areWrittenOrNameIt() throws Exception {
        DirectoryWriter writer = DirectorySamples.writer(DATABASE);
        Callable<Integer> eraser = () -> times(() -> {
            writer.upsertUsers(List.of(DirectorySamples.user(9_999).build()));
            DirectorySamples.eraser(writer).eraseUser(9_999);
        });
        Callable<Integer> enroller = () -> times(() -> writer.upsertStudents(
                List.of(DirectorySamples.student(9_999, 9_999).build())));
        ExecutorService threads = Executors.newFixedThreadPool(3);
        List<Future<Integer>> done = threads.invokeAll(List.of(eraser, enroller, enroller));
        threads.shutdown();
        assertThat(done.get(0).get()).isEqualTo(RACES);
        assertThat(done.get(1).get()).isBetween(0, RACES);
        assertThat(done.get(2).get()).isBetween(0, RACES);
    }

    /** How often the work was not refused for a missing reference. */
    private static int times(Runnable work) {
        int passed = 0;
        for (int i = 0; i < RACES; i++) {
            try {
                work.run();
                passed++;
            } catch (HeraldException refusal) {
                assertThat(refusal.reason()).isEqualTo(ErrorReason.ERROR_REASON_REFERENCE_NOT_FOUND);
            }
        }
        return passed;
    }

    private int upsertOften(Random random) throws Exception {
        int inserted = 0;
        try (Connection connection = DriverManager.getConnection(DATABASE.url())) {
            connection.setAutoCommit(false);
            for (int call = 0; call < CALLS; call++) {
                inserted += repository.upsertUsers(connection, users(random)).inserted();
                connection.commit();
                repository.holdUsers(connection, shuffled(random));
                inserted +=
                        repository.upsertStudents(connection, students(random)).inserted();
                connection.commit();
            }
        }
        return inserted;
    }

    private static List<User> users(Random random) {
        return LongStream.of(shuffled(random))
                .mapToObj(id -> User.of(DirectorySamples.user(id).build()))
                .toList();
    }

    private static List<StudentProfile> students(Random random) {
        return LongStream.of(shuffled(random))
                .mapToObj(
                        id -> StudentProfile.of(DirectorySamples.student(id, id).build()))
                .toList();
    }

    private static long[] shuffled(Random random) {
        List<Long> ids = new ArrayList<>(LongStream.rangeClosed(1, 300).boxed().toList());
        Collections.shuffle(ids, random);
        return ids.stream().mapToLong(Long::longValue).toArray();
    }
}
