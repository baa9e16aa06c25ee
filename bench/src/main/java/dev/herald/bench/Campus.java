package dev.herald.bench;

import com.google.protobuf.Timestamp;
import dev.herald.v1.Course;
import dev.herald.v1.ImportRequest;
import dev.herald.v1.Session;
import dev.herald.v1.Student;
import dev.herald.v1.User;
import java.time.Instant;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/** Courses and students in a server's directory; each size is a programme of its own. Loaded through the client stub. */
final class Campus {
    private static final long COURSE = 1;
    private static final List<String> FIRST_NAMES =
            List.of("Asha", "Bela", "Chandra", "Dörte", "Emil", "Farah", "Goran");
    private static final List<String> LAST_NAMES = List.of("Rao", "Novák", "Sharma", "Okafor", "Lindqvist");

    private final Herald herald;
    private long lastSession;

    private Campus(Herald herald) {
        this.herald = herald;
    }

    /** Loads a programme of each of these sizes. */
    static Campus load(Herald herald, int... sizes) {
        Stream<ImportRequest> course = Stream.of(ImportRequest.newBuilder()
                .setCourse(Course.newBuilder()
                        .setCourseId(COURSE)
                        .setCourseCode("CS401")
                        .setCourseName("Compilers & interpreters"))
                .build());
        Stream<ImportRequest> people = IntStream.of(sizes).boxed().flatMap(Campus::programme);
        herald.client().directory().load(Stream.concat(course, people).iterator());
        return new Campus(herald);
    }

    /** A new session of the programme of this size, from now on. */
    long newSession(int size) {
        lastSession++;
        long now = Instant.now().getEpochSecond();
        Session session = Session.newBuilder()
                .setSessionId(lastSession)
                .setCourseId(COURSE)
                .setProgramId(size)
                .setTimeCreated(Timestamp.newBuilder().setSeconds(now))
                .setTimeEnded(Timestamp.newBuilder().setSeconds(now + 3_600))
                .setTimeZone("Asia/Kolkata")
                .build();
        herald.client().directory().upsertSessions(List.of(session));
        return lastSession;
    }

    /** The id of a programme's first student; the others follow. */
    static long firstStudent(int size) {
        return size * 1_000_000L + 1;
    }

    private static Stream<ImportRequest> programme(int size) {
        return Stream.concat(
                IntStream.range(0, size).mapToObj(place -> user(firstStudent(size) + place, place)),
                IntStream.range(0, size).mapToObj(place -> student(firstStudent(size) + place, size)));
    }

    private static ImportRequest user(long id, int place) {
        return ImportRequest.newBuilder()
                .setUser(User.newBuilder()
                        .setUserId(id)
                        .setEmail("student" + id + "@campus.example")
                        .setFirstName(FIRST_NAMES.get(place % FIRST_NAMES.size()))
                        .setLastName(LAST_NAMES.get(place % LAST_NAMES.size()))
                        .setUserType("student"))
                .build();
    }

    private static ImportRequest student(long id, int size) {
        return ImportRequest.newBuilder()
                .setStudent(Student.newBuilder()
                        .setStudentProfileId(id)
                        .setUserId(id)
                        .setProgramId(size))
                .build();
    }
}
