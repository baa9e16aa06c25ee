package dev.herald.server.directory;

import static org.assertj.core.api.Assertions.assertThat;

import dev.herald.server.persistence.Database;
import dev.herald.server.testing.TestDatabase;
import dev.herald.v1.Session;
import dev.herald.v1.Student;
import dev.herald.v1.User;
import java.util.ArrayList;
import java.util.List;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.lifecycle.AfterContainer;

/** Who is eligible, against the rule written down a second time in Java. */
class EligibilityTest {
    private static final Database DATABASE = DirectorySamples.database();
    private final DirectoryWriter writer = DirectorySamples.writer(DATABASE);
    private final DirectoryRepository repository = new DirectoryRepository();

    @AfterContainer
    static void close() {
        DATABASE.close();
    }

    @Property(tries = 100)
    void eligibleStudents_anyCampus_areThoseOfTheRuleInOrder(
            @ForAll("campuses") Campus campus, @ForAll @IntRange(min = 1, max = 5) int pageSize) {
        load(campus);
        ClassSession session = DATABASE.transactions()
                .write(transaction -> repository.findSession(transaction, 1).orElseThrow());
        List<Long> expected = campus.eligible();
        assertThat(pages(session, pageSize)).isEqualTo(expected);
    }

    @Provide
    Arbitrary<Campus> campuses() {
        return Combinators.combine(
                        Arbitraries.of(true, false).list().ofSize(6),
                        enrolments().list().ofMaxSize(25),
                        Arbitraries.longs().between(1, 3),
                        streams())
                .as(Campus::new);
    }

    private static Arbitrary<Enrolment> enrolments() {
        return Combinators.combine(
                        Arbitraries.longs().between(1, 6),
                        Arbitraries.longs().between(1, 3),
                        streams(),
                        Arbitraries.of(true, true, false))
                .as(Enrolment::new);
    }

    /** 0 stands for none. */
    private static Arbitrary<Long> streams() {
        return Arbitraries.longs().between(0, 2);
    }

    private void load(Campus campus) {
        TestDatabase.update(DATABASE.url(), "TRUNCATE users, courses CASCADE");
        writer.upsertCourses(List.of(DirectorySamples.course(1).build()));
        writer.upsertUsers(campus.userItems());
        writer.upsertStudents(campus.studentItems());
        Session.Builder session = DirectorySamples.session(1, 1).setProgramId(campus.program);
        if (campus.stream > 0) {
            session.setStreamId(campus.stream);
        }
        writer.upsertSessions(List.of(session.build()));
    }

    private List<Long> pages(ClassSession session, int pageSize) {
        List<Long> all = new ArrayList<>();
        long[] page;
        do {
            long after = all.isEmpty() ? 0 : all.get(all.size() - 1);
            page = DATABASE.transactions()
                    .readSql(connection -> repository.eligibleStudents(connection, session, after, pageSize));
            for (long id : page) {
                all.add(id);
            }
        } while (page.length == pageSize);
        return all;
    }

    private record Enrolment(long user, long program, long stream, boolean active) {}

    private record Campus(List<Boolean> userActive, List<Enrolment> enrolments, long program, long stream) {
        /** Profiles are numbered 10, 20 and so on. */
        List<Long> eligible() {
            List<Long> ids = new ArrayList<>();
            for (int i = 0; i < enrolments.size(); i++) {
                Enrolment enrolment = enrolments.get(i);
                if (enrolment.program == program
                        && (stream == 0 || enrolment.stream == stream)
                        && enrolment.active
                        && userActive.get((int) enrolment.user - 1)) {
                    ids.add(10L * (i + 1));
                }
            }
            return ids;
        }

        List<User> userItems() {
            List<User> items = new ArrayList<>();
            for (int i = 0; i < userActive.size(); i++) {
                items.add(DirectorySamples.user(i + 1)
                        .setIsActive(userActive.get(i))
                        .build());
            }
            return items;
        }

        List<Student> studentItems() {
            List<Student> items = new ArrayList<>();
            for (int i = 0; i < enrolments.size(); i++) {
                Enrolment enrolment = enrolments.get(i);
                Student.Builder item = DirectorySamples.student(10L * (i + 1), enrolment.user)
                        .setProgramId(enrolment.program)
                        .setIsActive(enrolment.active);
                if (enrolment.stream > 0) {
                    item.setStreamId(enrolment.stream);
                }
                items.add(item.build());
            }
            return items;
        }
    }
}
