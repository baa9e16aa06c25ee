package dev.herald.server.cli.remote;

import static dev.herald.server.testing.HeraldFixture.SESSION_ID;
import static org.assertj.core.api.Assertions.assertThat;

import dev.herald.server.cli.CommandRun;
import dev.herald.server.testing.HeraldFixture;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DirectoryCommandsTest {
    private static final String COURSE =
            "{\"course\": {\"course_id\": 1, \"course_code\": \"CS401\", \"course_name\": \"Compilers\"}}\n";

    @TempDir
    Path folder;

    private HeraldFixture herald;

    @BeforeEach
    void start() {
        herald = HeraldFixture.start(Map.of("DELIVERY", "off"));
    }

    @AfterEach
    void stop() {
        herald.close();
    }

    @Test
    void import_fileOfManyItems_loadsThemAndShowsProgress() throws IOException {
        String users = IntStream.rangeClosed(1, 2_000)
                .mapToObj(id -> "{\"user\": {\"userId\": " + id + ", \"email\": \"u" + id
                        + "@campus.example\", \"firstName\": \"Ünal\", \"userType\": \"student\"}}\n")
                .collect(Collectors.joining());
        Path file = Files.writeString(folder.resolve("campus.jsonl"), COURSE + "\n" + users);
        CommandRun run = run("", "import", file.toString(), "--progress").succeeded();
        assertThat(run.out()).contains("inserted 2001, updated 0");
        assertThat(run.err()).contains("import", "100%");
        assertThat(herald.number("SELECT count(*) FROM users WHERE first_name = 'Ünal'"))
                .isEqualTo(2_000);
    }

    @Test
    void import_standardInputAgain_isHarmless() {
        run(COURSE, "import", "-").succeeded();
        var again = run(COURSE, "import", "-", "--json").succeeded().answer();
        assertThat(again.get("inserted").getAsInt()).isZero();
        assertThat(again.get("updated").getAsInt()).isEqualTo(1);
    }

    @Test
    void import_aLineThatIsNoItem_isNamedWithoutItsContent() {
        CommandRun run = run(COURSE + "\n{\"user\": {\"user_id\": \"asha@campus.example\"}}\n", "import", "-");
        assertThat(run.exitCode()).isEqualTo(1);
        assertThat(run.err()).contains("line 3 is no item").doesNotContain("asha@");
        assertThat(run("{\"course\": {\"curse_id\": 1}}", "import", "-").err()).contains("line 1", "curse_id");
    }

    @Test
    void import_aReferenceToNothing_isTheServersComplaint() {
        String student = "{\"student\": {\"student_profile_id\": 1, \"user_id\": 7, \"program_id\": 5}}\n";
        CommandRun run = run(COURSE + student, "import", "-", "--json");
        assertThat(run.exitCode()).isEqualTo(1);
        assertThat(run.error().get("reason").getAsString()).isEqualTo("REFERENCE_NOT_FOUND");
        assertThat(run.error().get("message").getAsString()).contains("items[1]");
    }

    @Test
    void import_noSuchFile_saysWhatToName() {
        CommandRun run = run("", "import", folder.resolve("nothing").toString());
        assertThat(run.exitCode()).isEqualTo(1);
        assertThat(run.err()).contains("can't read", "nothing", "name a file");
    }

    @Test
    void delete_eachKind_isGoneAndOnlyWhenItIsMeant() {
        herald.loadCampus(3);
        assertThat(run("", "delete", "--user", "1").exitCode()).isEqualTo(2);
        assertThat(run("", "delete", "--user", "1", "--student", "2", "--yes").exitCode())
                .isEqualTo(2);
        run("", "delete", "--user", "1", "--yes").succeeded();
        run("", "delete", "--student", "2", "--yes", "--json").succeeded().answer();
        run("", "delete", "--session", Long.toString(SESSION_ID), "--yes").succeeded();
        assertThat(herald.numbers("SELECT user_id FROM users ORDER BY 1")).containsExactly(2, 3);
        assertThat(herald.numbers("SELECT student_profile_id FROM student_profiles"))
                .containsExactly(3);
        assertThat(herald.number("SELECT count(*) FROM sessions")).isZero();
        assertThat(run("", "delete", "--user", "1", "--yes").err()).contains("USER_NOT_FOUND");
    }

    private CommandRun run(String in, String... arguments) {
        return CommandRun.of(CommandRun.environment(herald.port()), in, arguments);
    }
}
