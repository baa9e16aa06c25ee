package dev.herald.server.badinput;

import static dev.herald.server.badinput.BadInput.row;

import dev.herald.server.badinput.BadInput.Place;
import dev.herald.server.testing.HeraldFixture;
import dev.herald.v1.Course;
import dev.herald.v1.DirectoryServiceGrpc;
import dev.herald.v1.GenerateForSessionRequest;
import dev.herald.v1.NotificationServiceGrpc;
import dev.herald.v1.Session;
import dev.herald.v1.UpsertCoursesRequest;
import dev.herald.v1.UpsertSessionsRequest;
import dev.herald.v1.UpsertUsersRequest;
import dev.herald.v1.User;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Set;
import java.util.function.BiConsumer;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import javax.xml.parsers.DocumentBuilderFactory;
import javax.xml.parsers.ParserConfigurationException;
import org.w3c.dom.Element;
import org.w3c.dom.NodeList;
import org.xml.sax.SAXException;

/** B7, B9 and B11: text that is refused at the door. */
final class TextInputs {
    private static final Set<String> SENT_TO = Set.of("ISEMAIL_VALID_CATEGORY", "ISEMAIL_DNSWARN", "ISEMAIL_RFC5321");

    /** Valid by RFC 5321, and refused by policy. */
    private static final Set<String> REFUSED_BY_POLICY =
            Set.of("ISEMAIL_RFC5321_QUOTEDSTRING", "ISEMAIL_RFC5321_ADDRESSLITERAL");

    private TextInputs() {}

    static Stream<BadInput> rows() throws IOException {
        return Stream.of(b7(), b9Headers(), b9Addresses(), b11()).flatMap(all -> all);
    }

    private static Stream<BadInput> b7() {
        return Stream.of(
                course("B7", "U+0000", "course_name", Course.Builder::setCourseName, "a\0b", "CONTROL_CHARACTER"),
                course("B7", "U+0000", "course_code", Course.Builder::setCourseCode, "\0", "CONTROL_CHARACTER"),
                user("B7", "U+0000", "first_name", User.Builder::setFirstName, "a\0b", "CONTROL_CHARACTER"),
                user("B7", "U+0000", "last_name", User.Builder::setLastName, "a\0", "CONTROL_CHARACTER"),
                user("B7", "U+0000", "user_type", User.Builder::setUserType, "\0a", "CONTROL_CHARACTER"),
                user("B7", "U+0000", "email", User.Builder::setEmail, "a\0@campus.example", "CONTROL_CHARACTER"),
                session("location", Session.Builder::setLocation),
                session("time_zone", Session.Builder::setTimeZone),
                row(
                        "B7",
                        "U+0000 in request_id",
                        NotificationServiceGrpc.getGenerateForSessionMethod(),
                        GenerateForSessionRequest.newBuilder()
                                .setSessionId(HeraldFixture.SESSION_ID)
                                .setRequestId("a\0b")
                                .build(),
                        Expected.invalid("request_id", "CONTROL_CHARACTER")));
    }

    private static Stream<BadInput> b9Headers() {
        Stream<String> injections = Stream.of("\r", "\n", "\r\nBcc: x@campus.example", "\u0085", "\u2028", "\u2029");
        Stream<String> controls = Stream.of("\u0001", "\u000B", "\u001B[31m", "\u007F", "\u009F");
        return Stream.concat(
                injections.flatMap(text -> inEveryHeader(text, "HEADER_INJECTION")),
                controls.flatMap(text -> inEveryHeader(text, "CONTROL_CHARACTER")));
    }

    private static Stream<BadInput> inEveryHeader(String text, String reason) {
        String bad = "a" + text + "b";
        String what = visible(text);
        return Stream.of(
                course("B9", what, "course_name", Course.Builder::setCourseName, bad, reason),
                course("B9", what, "course_code", Course.Builder::setCourseCode, bad, reason),
                user("B9", what, "first_name", User.Builder::setFirstName, bad, reason),
                user("B9", what, "last_name", User.Builder::setLastName, bad, reason));
    }

    private static Stream<BadInput> b9Addresses() {
        return Stream.of("\r", "\n", "\t", "\u0085", "\u2028", "\u2029", "\u010A", "\u010D", "\u760A", "\u760D")
                .flatMap(text -> Stream.of("a" + text + "b@campus.example", "ab@cam" + text + "pus.example")
                        .map(address -> user(
                                "B9", visible(text), "email", User.Builder::setEmail, address, "HEADER_INJECTION")));
    }

    private static Stream<BadInput> b11() throws IOException {
        String corpora = System.getenv("CORPORA_DIR");
        if (corpora == null) {
            return Stream.of(BadInputTest.skipped("B11", "the isemail corpus", "CORPORA_DIR names no folder of it"));
        }
        Path file = Path.of(corpora, "isemail", "tests.xml");
        try (var content = Files.newInputStream(file)) {
            NodeList tests = DocumentBuilderFactory.newInstance()
                    .newDocumentBuilder()
                    .parse(content)
                    .getElementsByTagName("test");
            return IntStream.range(0, tests.getLength())
                    .mapToObj(i -> isemail((Element) tests.item(i)))
                    .toList()
                    .stream();
        } catch (ParserConfigurationException | SAXException e) {
            throw new IOException(file.toString(), e);
        }
    }

    private static BadInput isemail(Element test) {
        boolean sentTo =
                SENT_TO.contains(text(test, "category")) && !REFUSED_BY_POLICY.contains(text(test, "diagnosis"));
        // The corpus writes control characters as U+2400 and on.
        String address = text(test, "address")
                .chars()
                .map(c -> c >= 0x2400 && c < 0x2420 ? c - 0x2400 : c)
                .mapToObj(Character::toString)
                .collect(Collectors.joining());
        return row(
                "B11",
                "isemail " + test.getAttribute("id"),
                Place.QUIET,
                scene -> scene.upsert(user().setUserId(scene.newId()).setEmail(address)),
                sentTo ? Expected.ok() : Expected.invalid("users[0].email", ""));
    }

    private static String text(Element test, String name) {
        return test.getElementsByTagName(name).item(0).getTextContent();
    }

    private static BadInput course(
            String number,
            String what,
            String field,
            BiConsumer<Course.Builder, String> set,
            String text,
            String reason) {
        Course.Builder course = HeraldFixture.course().toBuilder();
        set.accept(course, text);
        return row(
                number,
                what + " in " + field,
                DirectoryServiceGrpc.getUpsertCoursesMethod(),
                UpsertCoursesRequest.newBuilder().addCourses(course).build(),
                Expected.invalid("courses[0]." + field, reason));
    }

    private static BadInput user(
            String number,
            String what,
            String field,
            BiConsumer<User.Builder, String> set,
            String text,
            String reason) {
        User.Builder user = user();
        set.accept(user, text);
        return row(
                number,
                what + " in " + field,
                DirectoryServiceGrpc.getUpsertUsersMethod(),
                UpsertUsersRequest.newBuilder().addUsers(user).build(),
                Expected.invalid("users[0]." + field, reason));
    }

    private static BadInput session(String field, BiConsumer<Session.Builder, String> set) {
        Instant start = Instant.parse("2031-01-01T08:00:00Z");
        Session.Builder session = HeraldFixture.session(HeraldFixture.SESSION_ID, start, start).toBuilder();
        set.accept(session, "a\0b");
        return row(
                "B7",
                "U+0000 in " + field,
                DirectoryServiceGrpc.getUpsertSessionsMethod(),
                UpsertSessionsRequest.newBuilder().addSessions(session).build(),
                Expected.invalid("sessions[0]." + field, "CONTROL_CHARACTER"));
    }

    private static User.Builder user() {
        return HeraldFixture.user(1, "student1@campus.example").toBuilder();
    }

    static String visible(String text) {
        return text.codePoints()
                .mapToObj(c -> c > ' ' && c < 0x7F ? Character.toString(c) : "U+%04X ".formatted(c))
                .collect(Collectors.joining());
    }
}
