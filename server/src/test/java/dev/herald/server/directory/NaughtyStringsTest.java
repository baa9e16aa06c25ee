package dev.herald.server.directory;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.google.protobuf.ListValue;
import com.google.protobuf.Value;
import com.google.protobuf.util.JsonFormat;
import dev.herald.server.error.HeraldException;
import dev.herald.server.persistence.Database;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;

/** B8: the big list of naughty strings as names. */
class NaughtyStringsTest {
    private static final Pattern CONTROLS = Pattern.compile("[\\p{Cc}\\x{2028}\\x{2029}&&[^\\t]]");
    private static final Database DATABASE = DirectorySamples.database();
    private final DirectoryWriter writer = DirectorySamples.writer(DATABASE);

    @AfterAll
    static void close() {
        DATABASE.close();
    }

    @Test
    void names_naughty_areRefusedForTheirControlsOrReadBackExactly() throws IOException {
        List<String> refused = new ArrayList<>();
        List<String> kept = new ArrayList<>();
        for (String text : naughtyStrings()) {
            (isKept(text) ? kept : refused).add(text);
        }
        assertThat(kept).noneMatch(text -> CONTROLS.matcher(text).find());
        assertThat(refused).isNotEmpty().allMatch(text -> CONTROLS.matcher(text).find());
        assertThat(kept).hasSizeGreaterThan(450);
    }

    private boolean isKept(String text) {
        try {
            writer.upsertCourses(List.of(DirectorySamples.course(1)
                    .setCourseName(text)
                    .setCourseCode(text)
                    .build()));
        } catch (HeraldException refusal) {
            assertThat(refusal.faults())
                    .hasSize(2)
                    .allMatch(fault ->
                            List.of("CONTROL_CHARACTER", "HEADER_INJECTION").contains(fault.reason()));
            return false;
        }
        writer.upsertUsers(List.of(
                DirectorySamples.user(1).setFirstName(text).setLastName(text).build()));
        Course course = DATABASE.transactions().write(session -> session.get(Course.class, 1));
        User user = DATABASE.transactions().write(session -> session.get(User.class, 1));
        assertThat(List.of(course.courseName(), course.courseCode(), user.firstName(), user.lastName()))
                .containsOnly(text);
        return true;
    }

    private static List<String> naughtyStrings() throws IOException {
        String corpora = System.getenv("CORPORA_DIR");
        assumeTrue(corpora != null, "skipped: CORPORA_DIR names no folder with blns/blns.json");
        ListValue.Builder list = ListValue.newBuilder();
        JsonFormat.parser().merge(Files.readString(Path.of(corpora, "blns", "blns.json")), list);
        return list.build().getValuesList().stream()
                .map(Value::getStringValue)
                .filter(text -> !text.isEmpty())
                .toList();
    }
}
