package dev.herald.server.directory;

import com.google.protobuf.Timestamp;
import com.google.protobuf.util.Timestamps;
import dev.herald.server.error.FieldFault;
import dev.herald.server.error.HeraldException;
import dev.herald.v1.Session;
import dev.herald.v1.Student;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.BiFunction;
import java.util.function.IntFunction;
import java.util.function.Predicate;
import java.util.function.ToLongFunction;
import java.util.stream.Stream;

/**
 * Checks what the contract's field rules can't express, and throws all the faults of a call together. Knows no database;
 * thread-safe. A path tells how the n-th item is named to the caller, such as {@code users[3]}.
 */
final class DirectoryItems {
    private static final Set<String> ZONES = Set.copyOf(ZoneId.getAvailableZoneIds());

    private final Predicate<String> addressCheck;

    DirectoryItems(Predicate<String> addressCheck) {
        this.addressCheck = addressCheck;
    }

    void checkCourses(List<dev.herald.v1.Course> courses, IntFunction<String> path) {
        check(courses, path, "course_id", dev.herald.v1.Course::getCourseId, DirectoryItems::course);
    }

    void checkUsers(List<dev.herald.v1.User> users, IntFunction<String> path) {
        check(users, path, "user_id", dev.herald.v1.User::getUserId, this::user);
    }

    void checkStudents(List<Student> students, IntFunction<String> path) {
        check(students, path, "student_profile_id", Student::getStudentProfileId, (student, at) -> Stream.of());
    }

    void checkSessions(List<Session> sessions, IntFunction<String> path) {
        check(sessions, path, "session_id", Session::getSessionId, DirectoryItems::session);
    }

    private static Stream<Optional<FieldFault>> course(dev.herald.v1.Course course, String at) {
        return Stream.of(
                DirectoryText.header(at + ".course_code", course.getCourseCode()),
                DirectoryText.header(at + ".course_name", course.getCourseName()));
    }

    private Stream<Optional<FieldFault>> user(dev.herald.v1.User user, String at) {
        return Stream.of(
                DirectoryText.address(at + ".email", user.getEmail(), addressCheck),
                DirectoryText.header(at + ".first_name", user.getFirstName()),
                DirectoryText.header(at + ".last_name", user.getLastName()),
                DirectoryText.plain(at + ".user_type", user.getUserType()));
    }

    private static Stream<Optional<FieldFault>> session(Session session, String at) {
        return Stream.of(
                time(at + ".time_created", session.getTimeCreated()),
                time(at + ".time_ended", session.getTimeEnded()),
                order(at + ".time_ended", session),
                DirectoryText.plain(at + ".location", session.getLocation()),
                zone(at + ".time_zone", session.getTimeZone()));
    }

    private static Optional<FieldFault> time(String field, Timestamp time) {
        return fault(
                !Timestamps.isValid(time),
                field,
                "INVALID_TIMESTAMP",
                "must lie between the years 1 and 9999, with nanos from 0 to 999999999");
    }

    private static Optional<FieldFault> order(String field, Session session) {
        boolean comparable = Timestamps.isValid(session.getTimeCreated()) && Timestamps.isValid(session.getTimeEnded());
        return fault(
                comparable && Timestamps.compare(session.getTimeEnded(), session.getTimeCreated()) < 0,
                field,
                "ENDS_BEFORE_START",
                "must not be before time_created");
    }

    private static Optional<FieldFault> zone(String field, String zone) {
        return fault(
                !zone.isEmpty() && !ZONES.contains(zone),
                field,
                "UNKNOWN_TIME_ZONE",
                "must be a zone of the IANA database, such as Asia/Kolkata");
    }

    private static Optional<FieldFault> fault(boolean broken, String field, String reason, String description) {
        return broken ? Optional.of(new FieldFault(field, reason, description)) : Optional.empty();
    }

    private static <T> void check(
            List<T> items,
            IntFunction<String> path,
            String idField,
            ToLongFunction<T> id,
            BiFunction<T, String, Stream<Optional<FieldFault>>> rules) {
        List<FieldFault> faults = new ArrayList<>();
        Map<Long, Integer> seen = new HashMap<>();
        for (int i = 0; i < items.size(); i++) {
            String at = path.apply(i);
            Integer before = seen.putIfAbsent(id.applyAsLong(items.get(i)), i);
            if (before != null) {
                faults.add(duplicate(at + "." + idField, path.apply(before)));
            }
            rules.apply(items.get(i), at).flatMap(Optional::stream).forEach(faults::add);
        }
        if (!faults.isEmpty()) {
            throw HeraldException.invalidFields(faults);
        }
    }

    private static FieldFault duplicate(String field, String before) {
        return new FieldFault(field, "DUPLICATE", "must stand once in a call, and is " + before + "'s already");
    }
}
