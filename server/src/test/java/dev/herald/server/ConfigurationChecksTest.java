package dev.herald.server;

import static org.assertj.core.api.Assertions.assertThat;

import dev.herald.server.config.Settings;
import dev.herald.server.system.CheckResult;
import dev.herald.server.system.CheckResult.Outcome;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Settings that no flag can give: OpenTelemetry's, and what stands in a file or the environment by mistake. */
class ConfigurationChecksTest {
    private static final String DATABASE_LEFT_OUT = "mysql:";

    private final Map<String, String> settings = new HashMap<>(Map.of(
            "DATABASE_URL",
            DATABASE_LEFT_OUT,
            "GRPC_PORT",
            "0",
            "EMAIL_BACKEND",
            "console",
            "DEFAULT_FROM_EMAIL",
            "attendance@campus.example"));

    @ParameterizedTest
    @CsvSource({
        "OTEL_TRACES_EXPORTER, jaeger, 'settings: OTEL_TRACES_EXPORTER is wrong', 'must be otlp, console or none'",
        "OTEL_EXPORTER_OTLP_PROTOCOL, grpc, 'settings: OTEL_EXPORTER_OTLP_PROTOCOL is wrong', 'must be http/protobuf'",
        "OTEL_TRACES_SAMPLER, sometimes, 'traces: ', 'begins with OTEL_'",
        "OTEL_BSP_SCHEDULE_DELAY, soon, 'traces: ', 'begins with OTEL_'",
        "OTEL_EXPORTER_OTLP_ENDPOINT, collector, 'traces: ', 'begins with OTEL_'"
    })
    void beforeStart_tracesThatCannotGo_areFoundWithTheMend(String name, String value, String finding, String mend) {
        settings.put("OTEL_TRACES_EXPORTER", "otlp");
        settings.put(name, value);
        assertThat(check(Outcome.FAILED))
                .filteredOn(result -> result.startsWith(finding))
                .singleElement()
                .asString()
                .contains(mend)
                .doesNotContain("java", "Exception");
    }

    @Test
    void beforeStart_tracesAsTheyCanGo_areRight() {
        settings.put("OTEL_TRACES_EXPORTER", "otlp");
        assertThat(check(Outcome.OK)).contains("traces: the export can be started ()");
    }

    @Test
    void beforeStart_namesThatAreNoSettings_areFoundWithTheOnesMeant(@TempDir Path folder) throws IOException {
        Path file = Files.writeString(folder.resolve("herald.conf"), "EMAIL_HSOT=smtp.campus.example\n");
        settings.put("HERALD_CONFIG", file.toString());
        settings.put("METRICS_PROT", "0");
        assertThat(check(Outcome.FAILED))
                .filteredOn(result -> result.startsWith("settings: EMAIL_HSOT is no setting"))
                .singleElement()
                .asString()
                .contains("did you mean EMAIL_HOST?");
        assertThat(check(Outcome.WARNING)).singleElement().asString().contains("did you mean METRICS_PORT?");
    }

    /** Each as name: finding (mend). */
    private List<String> check(Outcome outcome) {
        List<CheckResult> results = ConfigurationChecks.beforeStart(Settings.of(settings, Map.of()), Clock.systemUTC());
        return results.stream()
                .filter(result -> result.outcome() == outcome)
                .map(result -> result.name() + ": " + result.finding() + " (" + result.mend() + ")")
                .toList();
    }
}
