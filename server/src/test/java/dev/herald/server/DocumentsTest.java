package dev.herald.server;

import static org.assertj.core.api.Assertions.assertThat;

import dev.herald.server.cli.HeraldCommand;
import dev.herald.server.cli.remote.RemoteCommand;
import dev.herald.server.testing.Document;
import dev.herald.server.testing.HeraldProcess;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import picocli.CommandLine.Command;

/** The documents are laid out as they say: links lead to sections, contents stand in order, and acts are told both ways. */
class DocumentsTest {
    private static final Path ROOT = HeraldProcess.root();
    private static final Document OPERATIONS = Document.read(ROOT.resolve("docs/operations.md"));
    private static final List<Section> ACTS = sections("### ", below("## Acts\n"));

    /** What stands below a heading. */
    private record Section(String heading, String text) {
        String anchor() {
            return heading.toLowerCase(Locale.ROOT).replaceAll("[^\\w -]", "").replace(' ', '-');
        }
    }

    @Test
    void links_toSections_leadToHeadings() throws IOException {
        for (Document document : documents()) {
            for (String link : document.links()) {
                if (link.contains("#") && !link.startsWith("http")) {
                    Path target = document.file().resolveSibling(link.substring(0, link.indexOf('#')));
                    Document other = Files.isRegularFile(target) ? Document.read(target) : document;
                    assertThat(anchors(other))
                            .as("%s in %s", link, document.file())
                            .contains(link.substring(link.indexOf('#') + 1));
                }
            }
        }
    }

    @Test
    void contents_ofOperations_areItsSectionsInTheirOrder() {
        String contents = OPERATIONS.text().substring(0, OPERATIONS.text().indexOf("\n## "));
        List<String> listed = new Document(OPERATIONS.file(), contents)
                .links().stream().map(link -> link.substring(1)).toList();
        assertThat(listed)
                .isEqualTo(sections("## ", OPERATIONS.text()).stream()
                        .map(Section::anchor)
                        .toList());
    }

    @Test
    void acts_ofOperations_areEachACommandAndACall() {
        assertThat(ACTS).hasSizeGreaterThan(15).allSatisfy(act -> {
            List<String> code = new Document(OPERATIONS.file(), act.text())
                    .blocks().stream().map(Document.Block::code).toList();
            assertThat(code).anyMatch(block -> block.contains("./herald "));
            assertThat(code).anyMatch(block -> block.contains("grpcurl "));
        });
    }

    @Test
    void acts_ofOperations_areEveryCommandForARunningServer() {
        Stream<String> commands = Arrays.stream(
                        HeraldCommand.class.getAnnotation(Command.class).subcommands())
                .filter(RemoteCommand.class::isAssignableFrom)
                .map(command -> command.getAnnotation(Command.class).name());
        assertThat(commands)
                .isNotEmpty()
                .allSatisfy(
                        command -> assertThat(ACTS).anyMatch(act -> act.text().contains("\n./herald " + command)));
    }

    private static List<String> anchors(Document document) {
        return Pattern.compile("(?m)^#+ (.*)$")
                .matcher(document.text())
                .results()
                .map(heading -> new Section(heading.group(1), "").anchor())
                .toList();
    }

    private static String below(String heading) {
        int start = OPERATIONS.text().indexOf("\n" + heading) + 1;
        return OPERATIONS.text().substring(start, OPERATIONS.text().indexOf("\n## ", start) + 1);
    }

    private static List<Section> sections(String mark, String text) {
        return Pattern.compile("(?m)^(?=" + mark + ")")
                .splitAsStream(text)
                .filter(part -> part.startsWith(mark))
                .map(part -> new Section(part.lines().findFirst().orElseThrow().substring(mark.length()), part))
                .toList();
    }

    private static List<Document> documents() throws IOException {
        try (Stream<Path> files = Files.walk(ROOT.resolve("docs"))) {
            return Stream.concat(
                            Stream.of(ROOT.resolve("README.md")),
                            files.filter(file -> file.toString().endsWith(".md")))
                    .map(Document::read)
                    .toList();
        }
    }
}
