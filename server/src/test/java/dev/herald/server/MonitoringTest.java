package dev.herald.server;

import static dev.herald.server.testing.HeraldFixture.SESSION_ID;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.google.gson.JsonElement;
import com.google.gson.JsonParser;
import dev.herald.client.HeraldClient;
import dev.herald.client.ServiceCallException;
import dev.herald.server.testing.Document;
import dev.herald.server.testing.HeraldFixture;
import dev.herald.server.testing.HeraldProcess;
import dev.herald.server.testing.Http;
import dev.herald.server.testing.RawCall;
import dev.herald.server.testing.ScriptedSmtpServer.Stage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Consumer;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.yaml.snakeyaml.LoaderOptions;
import org.yaml.snakeyaml.Yaml;
import org.yaml.snakeyaml.constructor.SafeConstructor;

/** Metrics, the document that lists them, the alerts and the dashboard speak of the same things. */
class MonitoringTest {
    private static final Path ROOT = HeraldProcess.root();
    private static final Path ALERTS = ROOT.resolve("docker/prometheus/alerts.yml");
    private static final Path CONFIG = ROOT.resolve("docker/prometheus/prometheus.yml");
    private static final Document OPERATIONS = Document.read(ROOT.resolve("docs/operations.md"));
    private static final Pattern METRIC = Pattern.compile("\\b(?:rpc|herald|hikaricp|jvm|process|system)_[a-z0-9_]+");

    private static String scrape = "";

    @BeforeAll
    static void run() {
        try (HeraldFixture herald = HeraldFixture.start()) {
            HeraldClient admin = herald.admin();
            herald.loadCampus(3);
            herald.relay().reply(Stage.RCPT, to -> to.startsWith("student2@") ? "550 5.1.1 unknown" : null);
            admin.notifications().generateForSession(SESSION_ID);
            assertThat(herald.awaitDelivery(SESSION_ID).getSent()).isEqualTo(2);
            admin.tokens().validate("garbage");
            assertThatThrownBy(() -> admin.notifications().get(4711)).isInstanceOf(ServiceCallException.class);
            RawCall.toItsEnd(
                    herald.channel(),
                    "herald.v1.Nobody/student1@campus.example",
                    RawCall.authorization("Bearer x"),
                    List.of(new byte[0]));
            // Its figures are there from the first collection on.
            System.gc();
            int port = herald.application().telemetry().port().orElseThrow();
            scrape = await().until(
                            () -> Http.get(port, "/metrics").body(), page -> page.contains("jvm_gc_pause_seconds_sum"));
        }
    }

    @Test
    void scrape_afterARun_hasTheFiguresOfIt() {
        assertThat(scrape)
                .contains("rpc_server_call_duration_seconds_count{"
                        + "rpc_method=\"herald.v1.NotificationService/GenerateForSession\","
                        + "rpc_response_status_code=\"OK\",rpc_system_name=\"grpc\"} 1")
                .contains("rpc_method=\"herald.v1.NotificationService/GetNotification\","
                        + "rpc_response_status_code=\"NOT_FOUND\"")
                .contains("rpc_method=\"_OTHER\",rpc_response_status_code=\"UNIMPLEMENTED\"")
                .doesNotContain("Nobody")
                .contains("herald_rpc_refusals_total{reason=\"NOTIFICATION_NOT_FOUND\"} 1.0")
                .contains("herald_rpc_refusals_total{reason=\"METHOD_NOT_FOUND\"} 1.0")
                .doesNotContain("reason=\"RATE_LIMITED\"")
                .contains("herald_token_verdicts_total{verdict=\"MALFORMED\"} 1.0")
                .contains("herald_token_verdicts_total{verdict=\"VALID\"} 0.0")
                .contains("herald_delivery_results_total{kind=\"attendance_session\",reason=\"\",result=\"sent\"} 2.0")
                .contains("herald_delivery_results_total{kind=\"attendance_session\","
                        + "reason=\"recipient_rejected\",result=\"failed\"} 1.0")
                .containsPattern("herald_delivery_attempt_duration_seconds_count\\{outcome=\"accepted\","
                        + "relay=\"127.0.0.1:\\d+\"} 2")
                .containsPattern("herald_relay_up\\{relay=\"127.0.0.1:\\d+\"} 1")
                .contains("herald_queue_mails{kind=\"attendance_session\",priority=\"normal\",state=\"due\"} 0.0")
                .contains("herald_queue_oldest_age_seconds{kind=\"attendance_session\",priority=\"high\"} 0.0")
                .contains("hikaricp_connections_active{pool=\"herald\"}", "jvm_memory_used_bytes{area=\"heap\"");
    }

    @Test
    void labels_ofEveryMetric_areNamesAndFewOfThem() {
        Set<String> labels = new TreeSet<>();
        for (String line : samples()) {
            if (line.startsWith("herald_") || line.startsWith("rpc_")) {
                Pattern.compile("(\\w+)=\"").matcher(line).results().forEach(label -> labels.add(label.group(1)));
            }
        }
        assertThat(labels)
                .containsExactlyInAnyOrder(
                        "cause",
                        "java",
                        "kind",
                        "le",
                        "outcome",
                        "priority",
                        "reason",
                        "relay",
                        "result",
                        "rpc_method",
                        "rpc_response_status_code",
                        "rpc_system_name",
                        "state",
                        "verdict",
                        "version");
        assertThat(samples()).hasSizeLessThan(1_000);
    }

    @Test
    void document_listsEveryMetricAndNoOther() {
        List<String> listed = OPERATIONS.rowsBelow("Metrics").stream()
                .flatMap(row -> Arrays.stream(row.split("\\|")[1].split(",")))
                .map(String::strip)
                .toList();
        Set<String> own = families();
        assertThat(own).allMatch(name -> listed.stream().anyMatch(entry -> matches(entry, name)));
        assertThat(listed).allMatch(entry -> own.stream().anyMatch(name -> matches(entry, name)));
    }

    @Test
    void alerts_andTheSectionsThatSayWhatToDo_areTheSame() {
        String section = OPERATIONS.text().substring(OPERATIONS.text().indexOf("\n## Alerts\n"));
        String alerts = section.substring(0, section.indexOf("\n## ", 1));
        assertThat(Pattern.compile("(?m)^### (\\w+)\n\n\\S")
                        .matcher(alerts)
                        .results()
                        .map(found -> found.group(1)))
                .containsExactlyElementsOf(alerts().keySet())
                .hasSizeGreaterThan(10);
    }

    @Test
    void alerts_queries_useMetricsThereAre() {
        alerts().forEach((name, query) -> assertUsesMetricsThereAre(name, query));
    }

    @Test
    void dashboard_queries_useMetricsThereAre() throws IOException {
        List<String> queries = new ArrayList<>();
        collect(JsonParser.parseString(Files.readString(ROOT.resolve("docker/grafana/herald.json"))), queries);
        assertThat(queries).hasSizeGreaterThan(20);
        queries.stream()
                .filter(query -> !query.equals("sum(up{job=\"herald\"})"))
                .forEach(query -> assertUsesMetricsThereAre("dashboard", query));
    }

    @Test
    void counters_thatAlertsWaitFor_beginAtZero() {
        assertThat(scrape)
                .contains("reason=\"poison\",result=\"failed\"} 0.0")
                .contains("herald_rpc_refusals_total{reason=\"SERVER_FAULT\"} 0.0")
                .contains("herald_rpc_refusals_total{reason=\"RATE_LIMITED_CALLER\"} 0.0")
                .contains("herald_rpc_refusals_total{reason=\"CONNECTION_LIMITED\"} 0.0")
                .contains("herald_delivery_possible_duplicates_total{cause=\"outcome_unknown\"} 0.0")
                .contains("herald_delivery_lost_leases_total 0.0", "herald_delivery_taken_over_total 0.0");
    }

    @Test
    void promtool_ofConfigurationAndAlerts_findsNothing() {
        String out = promtool("check", "config", CONFIG.toString());
        assertThat(out).contains(alerts().size() + " rules found");
    }

    @Test
    void promtool_ofWhatWouldHappen_hearsTheAlerts() {
        assertThat(promtool("test", "rules", "server/src/test/resources/alerts-test.yml"))
                .contains("SUCCESS");
    }

    /** Of libraries' metrics it says this and that. */
    @Test
    void promtool_ofOurOwnMetrics_findsNothing(@TempDir Path folder) throws IOException {
        String own = scrape.lines()
                .filter(line -> line.matches("(# (HELP|TYPE) )?(herald|rpc)_.*"))
                .collect(Collectors.joining("\n", "", "\n"));
        Path file = Files.writeString(folder.resolve("metrics"), own);
        assertThat(promtool(builder -> builder.redirectInput(file.toFile()), "check", "metrics"))
                .isEmpty();
    }

    private static String promtool(String... arguments) {
        return promtool(builder -> {}, arguments);
    }

    /** What it says; skips the test where there is none. */
    private static String promtool(Consumer<ProcessBuilder> change, String... arguments) {
        Optional<Path> program = Arrays.stream(System.getenv("PATH").split(":"))
                .map(folder -> Path.of(folder, "promtool"))
                .filter(Files::isExecutable)
                .findFirst();
        assumeTrue(program.isPresent(), "promtool is not on the PATH");
        ProcessBuilder builder = new ProcessBuilder(program.orElseThrow().toString());
        builder.command().addAll(List.of(arguments));
        change.accept(builder.directory(ROOT.toFile()));
        HeraldProcess.Finished finished = HeraldProcess.finish(builder);
        assertThat(finished.exitCode()).as(finished.out() + finished.err()).isZero();
        return finished.out() + finished.err();
    }

    private static void assertUsesMetricsThereAre(String name, String query) {
        if (name.equals("HeraldDown")) {
            assertThat(query).isEqualTo("up{job=\"herald\"} == 0");
            return;
        }
        String withoutLabels = query.replaceAll("\\{[^}]*}", "").replaceAll("\\bby \\([^)]*\\)", "");
        List<String> used =
                METRIC.matcher(withoutLabels).results().map(MatchResult::group).toList();
        assertThat(used).as(name + ": " + query).isNotEmpty().allMatch(MonitoringTest::isThere);
    }

    private static boolean isThere(String metric) {
        return samples().stream().anyMatch(line -> line.startsWith(metric + "{") || line.startsWith(metric + " "));
    }

    private static List<String> samples() {
        return scrape.lines().filter(line -> !line.startsWith("#")).toList();
    }

    private static Set<String> families() {
        return scrape.lines()
                .filter(line -> line.startsWith("# TYPE "))
                .map(line -> line.split(" ")[2])
                .collect(Collectors.toCollection(TreeSet::new));
    }

    private static boolean matches(String entry, String name) {
        return entry.endsWith("*") ? name.startsWith(entry.substring(0, entry.length() - 1)) : entry.equals(name);
    }

    /** The expressions by the alerts' names, in their order. */
    private static Map<String, String> alerts() {
        try {
            Map<?, ?> rules = new Yaml(new SafeConstructor(new LoaderOptions())).load(Files.readString(ALERTS));
            Map<String, String> alerts = new java.util.LinkedHashMap<>();
            for (Object group : (List<?>) rules.get("groups")) {
                for (Object rule : (List<?>) ((Map<?, ?>) group).get("rules")) {
                    Map<?, ?> alert = (Map<?, ?>) rule;
                    alerts.put((String) alert.get("alert"), ((String) alert.get("expr")).strip());
                }
            }
            return alerts;
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    private static void collect(JsonElement element, List<String> queries) {
        if (element.isJsonArray()) {
            element.getAsJsonArray().forEach(child -> collect(child, queries));
        } else if (element.isJsonObject()) {
            element.getAsJsonObject().entrySet().forEach(entry -> {
                if (entry.getKey().equals("expr")) {
                    queries.add(entry.getValue().getAsString());
                } else {
                    collect(entry.getValue(), queries);
                }
            });
        }
    }
}
