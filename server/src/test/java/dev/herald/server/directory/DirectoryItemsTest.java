package dev.herald.server.directory;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.google.protobuf.Timestamp;
import dev.herald.server.error.FieldFault;
import dev.herald.server.error.HeraldException;
import dev.herald.v1.Session;
import java.util.List;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class DirectoryItemsTest {
    private final DirectoryItems items = new DirectoryItems(address -> address.contains("@"));

    /** B7 and B9. */
    @ParameterizedTest
    @CsvSource({
        "0, CONTROL_CHARACTER, CONTROL_CHARACTER, HEADER_INJECTION",
        "1, CONTROL_CHARACTER, CONTROL_CHARACTER, HEADER_INJECTION",
        "9, '', '', HEADER_INJECTION",
        "a, HEADER_INJECTION, CONTROL_CHARACTER, HEADER_INJECTION",
        "b, CONTROL_CHARACTER, CONTROL_CHARACTER, HEADER_INJECTION",
        "d, HEADER_INJECTION, CONTROL_CHARACTER, HEADER_INJECTION",
        "1b, CONTROL_CHARACTER, CONTROL_CHARACTER, HEADER_INJECTION",
        "7f, CONTROL_CHARACTER, CONTROL_CHARACTER, HEADER_INJECTION",
        "80, CONTROL_CHARACTER, CONTROL_CHARACTER, HEADER_INJECTION",
        "85, HEADER_INJECTION, CONTROL_CHARACTER, HEADER_INJECTION",
        "9f, CONTROL_CHARACTER, CONTROL_CHARACTER, HEADER_INJECTION",
        "10a, '', '', HEADER_INJECTION",
        "10d, '', '', HEADER_INJECTION",
        "2028, HEADER_INJECTION, CONTROL_CHARACTER, HEADER_INJECTION",
        "2029, HEADER_INJECTION, CONTROL_CHARACTER, HEADER_INJECTION",
        "202e, '', '', ''",
        "760a, '', '', HEADER_INJECTION",
        "760d, '', '', HEADER_INJECTION",
        "20, '', '', ''",
        "e9, '', '', ''",
        "feff, '', '', ''",
        "1f600, '', '', ''",
    })
    void text_withCharacter_isJudgedByWhatItBecomes(String codePoint, String header, String plain, String address) {
        String text = "a" + Character.toString(Integer.parseInt(codePoint, 16)) + "b";
        assertThat(reason(() -> items.checkCourses(
                        List.of(DirectorySamples.course(1).setCourseName(text).build()), i -> "c")))
                .isEqualTo(header);
        assertThat(reason(() -> items.checkCourses(
                        List.of(DirectorySamples.course(1).setCourseCode(text).build()), i -> "c")))
                .isEqualTo(header);
        assertThat(reason(() -> items.checkUsers(
                        List.of(DirectorySamples.user(1).setFirstName(text).build()), i -> "u")))
                .isEqualTo(header);
        assertThat(reason(() -> items.checkUsers(
                        List.of(DirectorySamples.user(1).setLastName(text).build()), i -> "u")))
                .isEqualTo(header);
        assertThat(reason(() -> items.checkUsers(
                        List.of(DirectorySamples.user(1).setUserType(text).build()), i -> "u")))
                .isEqualTo(plain);
        assertThat(reason(() -> items.checkSessions(
                        List.of(DirectorySamples.session(1, 1).setLocation(text).build()), i -> "s")))
                .isEqualTo(plain);
        assertThat(reason(() -> items.checkUsers(
                        List.of(DirectorySamples.user(1)
                                .setEmail(text + "@example.org")
                                .build()),
                        i -> "u")))
                .isEqualTo(address);
    }

    @Test
    void checkUsers_addressNoRelayTakes_isRecipientInvalid() {
        assertThat(reason(() -> items.checkUsers(
                        List.of(DirectorySamples.user(1).setEmail("nobody").build()), i -> "u")))
                .isEqualTo("RECIPIENT_INVALID");
    }

    @Test
    void check_manyFaults_namesAllWithoutTheirValues() {
        var users = List.of(
                DirectorySamples.user(1).build(),
                DirectorySamples.user(2).setEmail("SECRET").build(),
                DirectorySamples.user(1)
                        .setFirstName("SECRET\r\n")
                        .setLastName("SECRET\0")
                        .build());
        List<FieldFault> faults = faults(() -> items.checkUsers(users, i -> "users[" + i + "]"));
        assertThat(faults)
                .extracting(fault -> fault.field() + " " + fault.reason())
                .containsExactly(
                        "users[1].email RECIPIENT_INVALID",
                        "users[2].user_id DUPLICATE",
                        "users[2].first_name HEADER_INJECTION",
                        "users[2].last_name CONTROL_CHARACTER");
        assertThat(faults.toString()).doesNotContain("SECRET");
    }

    /** B23. */
    @ParameterizedTest
    @CsvSource({
        "-62135596801, 0",
        "253402300800, 0",
        "9223372036854775807, 0",
        "-9223372036854775808, 0",
        "0, -1",
        "0, 1000000000"
    })
    void checkSessions_timestampOutOfRange_isInvalid(long seconds, int nanos) {
        Timestamp bad =
                Timestamp.newBuilder().setSeconds(seconds).setNanos(nanos).build();
        Session session = DirectorySamples.session(1, 1)
                .setTimeCreated(bad)
                .setTimeEnded(bad)
                .build();
        assertThat(faults(() -> items.checkSessions(List.of(session), i -> "sessions[0]")))
                .extracting(fault -> fault.field() + " " + fault.reason())
                .containsExactly(
                        "sessions[0].time_created INVALID_TIMESTAMP", "sessions[0].time_ended INVALID_TIMESTAMP");
    }

    @Test
    void checkSessions_endOneNanosecondEarly_isRefused() {
        Session session = DirectorySamples.session(1, 1)
                .setTimeCreated(Timestamp.newBuilder().setSeconds(60))
                .setTimeEnded(Timestamp.newBuilder().setSeconds(59).setNanos(999_999_999))
                .build();
        assertThat(reason(() -> items.checkSessions(List.of(session), i -> "s")))
                .isEqualTo("ENDS_BEFORE_START");
    }

    @Test
    void checkSessions_endEqualsStart_passes() {
        Timestamp start = Timestamp.newBuilder().setSeconds(60).build();
        Session session = DirectorySamples.session(1, 1)
                .setTimeCreated(start)
                .setTimeEnded(start)
                .build();
        assertThat(reason(() -> items.checkSessions(List.of(session), i -> "s")))
                .isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"Asia/Kolkata", "America/St_Johns", "UTC", "Europe/Kyiv", ""})
    void checkSessions_knownZoneOrNone_passes(String zone) {
        assertThat(zoneReason(zone)).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"Mars/Olympus", "asia/kolkata", "+05:30", "UTC+1", " UTC", "UTC\n"})
    void checkSessions_unknownZone_isRefused(String zone) {
        assertThat(zoneReason(zone)).isEqualTo("UNKNOWN_TIME_ZONE");
    }

    @Test
    void checkStudents_sameIdThrice_isRefusedTwice() {
        var students = List.of(
                DirectorySamples.student(1, 1).build(),
                DirectorySamples.student(1, 2).build(),
                DirectorySamples.student(1, 3).build());
        assertThatThrownBy(() -> items.checkStudents(students, i -> "students[" + i + "]"))
                .isInstanceOfSatisfying(
                        HeraldException.class,
                        refusal -> assertThat(refusal.faults())
                                .extracting(FieldFault::field)
                                .containsExactly("students[1].student_profile_id", "students[2].student_profile_id"));
    }

    private String zoneReason(String zone) {
        Session session = DirectorySamples.session(1, 1).setTimeZone(zone).build();
        return reason(() -> items.checkSessions(List.of(session), i -> "s"));
    }

    /** The only reason; empty when nothing is refused. */
    private static String reason(ThrowingCallable check) {
        List<FieldFault> faults = faults(check);
        assertThat(faults).hasSizeLessThan(2);
        return faults.isEmpty() ? "" : faults.get(0).reason();
    }

    private static List<FieldFault> faults(ThrowingCallable check) {
        HeraldException refusal = catchThrowableOfType(HeraldException.class, check);
        return refusal == null ? List.of() : refusal.faults();
    }
}
