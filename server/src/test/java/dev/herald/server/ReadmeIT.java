package dev.herald.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.google.gson.JsonElement;
import com.google.gson.JsonParser;
import dev.herald.client.HeraldClient;
import dev.herald.server.config.SettingCatalogue;
import dev.herald.server.config.SettingCatalogue.Setting;
import dev.herald.server.testing.Document;
import dev.herald.server.testing.Document.Block;
import dev.herald.server.testing.HeraldProcess;
import dev.herald.server.testing.Link;
import dev.herald.server.testing.ScriptedSmtpServer;
import dev.herald.server.testing.ScriptedSmtpServer.Stage;
import dev.herald.server.testing.Shell;
import dev.herald.server.testing.TestDatabase;
import dev.herald.v1.GenerateForSessionResponse;
import dev.herald.v1.SessionDelivery;
import dev.herald.v1.ValidateTokenResponse;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The documents are true: their links lead somewhere, and everything they tell to type does what they say. */
class ReadmeIT {
    private static final Path ROOT = HeraldProcess.root();
    private static final Document README = Document.read(ROOT.resolve("README.md"));

    private static final Block NOTHING = new Block("", "");

    @TempDir
    Path folder;

    @Test
    void settings_inReadme_areTheCatalogue() {
        assertThat(README.rowsBelow("Settings"))
                .isEqualTo(SettingCatalogue.all().stream().map(ReadmeIT::row).toList());
    }

    @Test
    void links_inEveryDocument_leadToFiles() throws IOException {
        for (Document document : documents()) {
            for (String link : document.links()) {
                if (!link.startsWith("http")) {
                    Path target = document.file().resolveSibling(link.replaceFirst("#.*", ""));
                    assertThat(target).as("%s in %s", link, document.file()).exists();
                }
            }
        }
    }

    @Test
    void javaExample_inReadme_isTheOneBelow() throws IOException {
        String own = Files.readString(ROOT.resolve("server/src/test/java/dev/herald/server/ReadmeIT.java"));
        // Here more follows within the braces.
        String example = only("java").strip().replaceFirst("}$", "");
        assertThat(own.replaceAll("\\s", "")).contains(example.replaceAll("\\s", ""));
    }

    @Test
    void commands_inEveryDocument_answerWhatIsWritten() throws IOException {
        Shell shell = new Shell(folder);
        try (ScriptedSmtpServer relay = ScriptedSmtpServer.start()) {
            relay.reply(Stage.RCPT, to -> to.startsWith("bela@") ? "550 5.1.1 no such mailbox" : null);
            try (HeraldProcess server = HeraldProcess.serve(settings(shell, relay))) {
                shell.set("HERALD_PORT", Integer.toString(server.port()));
                shell.set("GRPC_PORT", Integer.toString(server.port()));
                tryOut(README, shell, relay);
                example(
                        "localhost:" + server.port(),
                        shell.variables().get("TOKEN"),
                        Link.tokenIn(relay.mails().get(0)));
                for (Document document : documentsOf("docs")) {
                    tryOut(document, shell, relay);
                }
            }
        }
    }

    /** What the README exports, with the database, the ports and the relay of this test. */
    private Map<String, String> settings(Shell shell, ScriptedSmtpServer relay) {
        shell.run(block("export JWT_SECRET_KEY="));
        Map<String, String> settings = new HashMap<>(shell.variables());
        assertThat(settings).containsEntry("EMAIL_HOST", "localhost").containsEntry("EMAIL_PORT", "1025");
        settings.put("EMAIL_PORT", Integer.toString(relay.port()));
        settings.put("GRPC_PORT", "0");
        settings.put("DATABASE_URL", TestDatabase.newDatabase());
        settings.put("TEST_EMAIL_ALLOWED", "campus.example");
        return settings;
    }

    private void tryOut(Document document, Shell shell, ScriptedSmtpServer relay) {
        List<Block> blocks = document.blocks();
        for (int i = 0; i < blocks.size(); i++) {
            String code = blocks.get(i).code();
            if (code.contains("$LINK_TOKEN")) {
                shell.set("LINK_TOKEN", Link.tokenIn(relay.mails().get(0)));
            }
            if (code.contains("/RetryFailedNotifications")) {
                relay.usual(Stage.RCPT);
            }
            if (isTried(code)) {
                tryOut(code, i + 1 < blocks.size() ? blocks.get(i + 1) : NOTHING, shell);
            }
        }
    }

    /** Calls, by grpcurl or by a command. The server itself runs already, with settings of its own. */
    private static boolean isTried(String code) {
        boolean command = code.contains("./herald ") && !code.startsWith("export ") && !code.contains("./herald serve");
        return command || code.contains("grpcurl ") || code.startsWith("TOKEN=");
    }

    /** Delivery takes its time, so a call that only reads is repeated until it answers what is written. */
    private static void tryOut(String commands, Block expected, Shell shell) {
        if (commands.contains("/Get") || commands.contains("/List")) {
            await().atMost(Duration.ofSeconds(20)).untilAsserted(() -> tryOutOnce(commands, expected, shell));
        } else {
            tryOutOnce(commands, expected, shell);
        }
    }

    private static void tryOutOnce(String commands, Block expected, Shell shell) {
        String answer = shell.run(commands);
        if (expected.language().equals("json")) {
            assertThat(masked(answer, expected.code())).as(commands).isEqualTo(JsonParser.parseString(expected.code()));
        } else if (expected.language().equals("text")) {
            assertThat(oneSpaced(answer)).as(commands).matches(pattern(expected.code()));
        }
    }

    /** A table's columns are as wide as what stands in them, so widths are no part of the answer. */
    private static String oneSpaced(String text) {
        return text.lines().map(line -> line.strip().replaceAll(" +", " ")).collect(Collectors.joining("\n"));
    }

    /** With a word of any kind wherever the document has an ellipsis. */
    private static String pattern(String expected) {
        return Arrays.stream(oneSpaced(expected).split("…", -1))
                .map(Pattern::quote)
                .collect(Collectors.joining("\\S+"));
    }

    /** The answer with an ellipsis wherever the document has one. */
    private static JsonElement masked(String answer, String expected) {
        return masked(JsonParser.parseString(answer), JsonParser.parseString(expected));
    }

    private static JsonElement masked(JsonElement answer, JsonElement expected) {
        if (expected.isJsonPrimitive() && expected.getAsString().equals("…")) {
            return expected;
        }
        if (expected.isJsonObject() && answer.isJsonObject()) {
            answer.getAsJsonObject().entrySet().forEach(entry -> {
                JsonElement same = expected.getAsJsonObject().get(entry.getKey());
                entry.setValue(same == null ? entry.getValue() : masked(entry.getValue(), same));
            });
        } else if (expected.isJsonArray() && answer.isJsonArray()) {
            for (int i = 0;
                    i
                            < Math.min(
                                    answer.getAsJsonArray().size(),
                                    expected.getAsJsonArray().size());
                    i++) {
                answer.getAsJsonArray()
                        .set(
                                i,
                                masked(
                                        answer.getAsJsonArray().get(i),
                                        expected.getAsJsonArray().get(i)));
            }
        }
        return answer;
    }

    private static void example(String address, String token, String linkToken) {
        try (HeraldClient herald =
                HeraldClient.builder(address).plaintext().bearerToken(token).build()) {
            GenerateForSessionResponse generated = herald.notifications().generateForSession(1);
            SessionDelivery delivery = herald.notifications().sessionDelivery(1);
            ValidateTokenResponse verdict = herald.tokens().validate(linkToken);

            assertThat(generated.getAlreadyExisting()).isEqualTo(2);
            assertThat(delivery.getSent()).isEqualTo(2);
            assertThat(verdict.getStudentProfileId()).isEqualTo(1);
        }
    }

    private static String block(String start) {
        return README.blocks().stream()
                .map(Block::code)
                .filter(code -> code.startsWith(start))
                .findFirst()
                .orElseThrow(() -> new AssertionError("the README has no block that begins with " + start));
    }

    private static String only(String language) {
        List<String> blocks = README.blocks().stream()
                .filter(block -> block.language().equals(language))
                .map(Block::code)
                .toList();
        assertThat(blocks).hasSize(1);
        return blocks.get(0);
    }

    private static String row(Setting setting) {
        String name = setting.secret() ? setting.name() + " (or " + setting.name() + "_FILE)" : setting.name();
        return "| " + name + " | " + (setting.fallback().isEmpty() ? "none" : setting.fallback()) + " | "
                + setting.meaning() + " |";
    }

    private static List<Document> documents() throws IOException {
        List<Document> documents = new ArrayList<>(documentsOf("docs"));
        documents.add(README);
        return documents;
    }

    private static List<Document> documentsOf(String folder) throws IOException {
        try (Stream<Path> files = Files.walk(ROOT.resolve(folder))) {
            return files.filter(file -> file.toString().endsWith(".md"))
                    .sorted()
                    .map(Document::read)
                    .toList();
        }
    }
}
