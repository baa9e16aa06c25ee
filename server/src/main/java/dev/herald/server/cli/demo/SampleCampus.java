package dev.herald.server.cli.demo;

import com.google.protobuf.Timestamp;
import com.google.protobuf.util.Timestamps;
import dev.herald.v1.Course;
import dev.herald.v1.Session;
import dev.herald.v1.Student;
import dev.herald.v1.User;
import java.time.Instant;
import java.util.List;
import java.util.stream.IntStream;

/** A campus with one course, one session that has just begun, and 200 students. */
final class SampleCampus {
    static final int STUDENTS = 200;
    static final long SESSION_ID = 1;

    private static final long PROGRAM_ID = 1;
    private static final List<String> FIRST_NAMES =
            List.of("Asha", "Ben", "Chandra", "Dilnoza", "Émile", "Fatima", "Grzegorz", "Hana", "Ibrahim", "Jūratė");
    private static final List<String> LAST_NAMES = List.of(
            "Adeyemi", "Brown", "Chopra", "Dvořák", "Eriksen", "Fernández", "Gupta", "Hoang", "Ito", "Johansson");

    private SampleCampus() {}

    static Course course() {
        return Course.newBuilder()
                .setCourseId(1)
                .setCourseCode("CS401")
                .setCourseName("Compilers & Interpreters")
                .build();
    }

    /** A session from now on, for an hour. */
    static Session session(Instant now) {
        return Session.newBuilder()
                .setSessionId(SESSION_ID)
                .setCourseId(1)
                .setProgramId(PROGRAM_ID)
                .setTimeCreated(timestamp(now))
                .setTimeEnded(timestamp(now.plusSeconds(3600)))
                .setLocation("Room 12")
                .setTimeZone("Asia/Kolkata")
                .build();
    }

    static List<User> users() {
        return IntStream.rangeClosed(1, STUDENTS).mapToObj(SampleCampus::user).toList();
    }

    static List<Student> students() {
        return IntStream.rangeClosed(1, STUDENTS)
                .mapToObj(id -> Student.newBuilder()
                        .setStudentProfileId(id)
                        .setUserId(id)
                        .setProgramId(PROGRAM_ID)
                        .build())
                .toList();
    }

    static String addressOf(int id) {
        return "student" + id + "@campus.example";
    }

    private static User user(int id) {
        return User.newBuilder()
                .setUserId(id)
                .setEmail(addressOf(id))
                .setFirstName(FIRST_NAMES.get(id % 10))
                .setLastName(LAST_NAMES.get(id / 10 % 10))
                .setUserType("student")
                .build();
    }

    private static Timestamp timestamp(Instant instant) {
        return Timestamps.fromSeconds(instant.getEpochSecond());
    }
}
