package dev.herald.server;

import static org.assertj.core.api.Assertions.assertThat;

import dev.herald.server.testing.Document;
import dev.herald.server.testing.HeraldProcess;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** One table, one room: by the SQL that stands in the sources. */
class TablesTest {
    private static final Path SOURCES = HeraldProcess.root().resolve("server/src/main/java/dev/herald/server");

    private static final Pattern WRITTEN = Pattern.compile("\\b(?:INSERT INTO|UPDATE|DELETE FROM) (\\w+)");

    private static final Pattern NAMED = Pattern.compile("\\b(?:INSERT INTO|UPDATE|FROM|JOIN) (\\w+)");

    /**
     * What is read beside the room's own tables, in one statement with them or instead of a round trip a row. Anything else is
     * asked of the room that has it; what comes to this list needs as good a reason.
     */
    private static final Map<String, Set<String>> READ_TOO = Map.of(
            "notification",
            Set.of("users", "student_profiles", "courses", "sessions", "outbox", "delivery_attempts", "token_states"),
            "token",
            Set.of("email_notifications", "sessions", "student_profiles"));

    private static final Map<String, String> OWNERS = owners();

    @Test
    void tables_all_haveAnOwnerInTheDocument() {
        Set<String> made = new TreeSet<>();
        migrations()
                .forEach(sql -> Pattern.compile("CREATE TABLE (\\w+)")
                        .matcher(sql)
                        .results()
                        .forEach(table -> made.add(table.group(1))));
        assertThat(OWNERS.keySet()).hasSizeGreaterThan(10).isEqualTo(made);
    }

    @Test
    void writing_everyStatement_isTheOwners() {
        Map<String, Set<String>> written = tables(WRITTEN);
        assertThat(written.get("delivery")).contains("outbox", "delivery_attempts");
        written.forEach((room, tables) ->
                assertThat(tables).as(room + " writes").allMatch(table -> room.equals(OWNERS.get(table))));
    }

    @Test
    void reading_whatAnotherRoomHas_isNamedHere() {
        Map<String, Set<String>> foreign = tables(NAMED);
        foreign.forEach((room, tables) -> tables.removeIf(table -> room.equals(OWNERS.get(table))));
        foreign.values().removeIf(Set::isEmpty);
        assertThat(foreign).isEqualTo(READ_TOO);
    }

    /** The tables that the sources of each room name so. */
    private static Map<String, Set<String>> tables(Pattern pattern) {
        Map<String, Set<String>> tables = new TreeMap<>();
        for (Path file : files(SOURCES)) {
            Path inside = SOURCES.relativize(file);
            String room = inside.getNameCount() == 1 ? "" : inside.getName(0).toString();
            Set<String> named = tables.computeIfAbsent(room, any -> new TreeSet<>());
            pattern.matcher(content(file))
                    .results()
                    .map(found -> found.group(1))
                    .filter(OWNERS::containsKey)
                    .forEach(named::add);
        }
        return tables;
    }

    /** The room by the table, from the table of tables. */
    private static Map<String, String> owners() {
        Map<String, String> owners = new TreeMap<>();
        for (String row : Document.read(HeraldProcess.root().resolve("docs/architecture.md"))
                .rowsBelow("Floors and rooms")) {
            String[] cells = row.split("\\|");
            String owner = cells[2].strip().split("\\W")[0];
            Arrays.stream(cells[1].split(",")).forEach(table -> owners.put(table.strip(), owner));
        }
        return owners;
    }

    private static Set<String> migrations() {
        return files(HeraldProcess.root().resolve("server/src/main/resources/db")).stream()
                .map(TablesTest::content)
                .collect(Collectors.toSet());
    }

    private static Set<Path> files(Path folder) {
        try (Stream<Path> paths = Files.walk(folder)) {
            return paths.filter(Files::isRegularFile).collect(Collectors.toCollection(TreeSet::new));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static String content(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
