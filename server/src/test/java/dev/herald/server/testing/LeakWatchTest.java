package dev.herald.server.testing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.platform.engine.discovery.DiscoverySelectors.selectClass;

import dev.herald.server.config.Secret;
import dev.herald.server.config.Settings;
import dev.herald.server.config.SettingsReader;
import io.opentelemetry.api.trace.SpanKind;
import io.opentelemetry.api.trace.StatusCode;
import io.opentelemetry.sdk.autoconfigure.spi.internal.DefaultConfigProperties;
import io.opentelemetry.sdk.autoconfigure.spi.traces.ConfigurableSpanExporterProvider;
import io.opentelemetry.sdk.testing.trace.TestSpanData;
import io.opentelemetry.sdk.trace.data.SpanData;
import io.opentelemetry.sdk.trace.data.StatusData;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.junit.platform.launcher.LauncherSession;
import org.junit.platform.launcher.core.LauncherDiscoveryRequestBuilder;
import org.junit.platform.launcher.core.LauncherFactory;
import org.junit.platform.launcher.listeners.SummaryGeneratingListener;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.MDC;

@LeaksOnPurpose
class LeakWatchTest {
    @ParameterizedTest
    @ValueSource(
            strings = {
                "eyJhbGciOiJIUzI1NiJ9.eyJzdHVkZW50IjoxfQ.c2lnbmF0dXJlLXNpZ25hdHVyZS1zaWduYXR1cmU",
                "https://attendance.campus.example/mark?token=eyJhbGciOiJIUzI1NiJ9",
                "authorization: Bearer abc.def.ghi",
                "jdbc:postgresql://db/herald?user=me&password=swordfish",
                "550 <student1@campus.example>",
                "To: ANN@Example.ORG",
                "no mailbox o'brien+exams@mail.uni-hall.de",
                "\u00FCnal@\u00FCniversite.com.tr"
            })
    void leaks_tokenSecretOrAddress_isFound(String line) {
        assertThat(LeakScan.leaks(line)).isNotEmpty();
        assertThat(LeakScan.leakingLines("before\n" + line + "\nafter")).containsExactly(line);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "serving on 127.0.0.1:9090, delivery on",
                "notification 12 can't be rendered: eyJ",
                "https://attendance.campus.example/mark?token=********",
                "12.1@campus.example accepted",
                "from Attendance <attendance@campus.example>",
                "DEFAULT_FROM_EMAIL: is required: whom mail is from, such as Attendance <no-reply@example.org>",
                "jdbc:postgresql://db/herald?user=me&password=******** org.postgresql.jdbc.PgConnection@3eec0639",
                "the signing input eyJhbGciOiJIUzI1NiJ9.eyJzdHVkZW50IjoxfQ alone"
            })
    void leaks_nothingPersonal_isLeftAlone(String line) {
        assertThat(LeakScan.leaks(line)).isEmpty();
    }

    @Test
    void leaks_secretThatAnythingReadOrMade_isFoundHoweverItIsSpelt(@TempDir Path folder) throws IOException {
        Path file = Files.writeString(folder.resolve("password"), "a-password-in-a-file\n");
        Path keys = Files.writeString(
                folder.resolve("keys"), "{\"keys\": [{\"kty\": \"oct\", \"k\": \"a-key-of-a-set\"}]}");
        SettingsReader settings = Settings.of(
                Map.of("EMAIL_HOST_PASSWORD", "a-password-of-a-relay", "DATABASE_PASSWORD_FILE", file.toString()),
                Map.of("AUTH_JWKS_FILE", keys.toString()));
        assertThat(LeakScan.leaks("a-password-of-a-relay a-password-in-a-file a-key-of-a-set"))
                .isEmpty();
        settings.secret("EMAIL_HOST_PASSWORD");
        settings.secret("DATABASE_PASSWORD");
        settings.content("AUTH_JWKS_FILE");
        new Secret("before").renew(new Secret("a-renewed-password"));
        PemFiles own = PemFiles.selfSigned(folder, "dns:localhost");
        String keyLine = Files.readAllLines(own.privateKey()).get(1);
        for (String secret : List.of(
                "a-password-of-a-relay", "a-password-in-a-file", "a-key-of-a-set", "a-renewed-password", keyLine)) {
            byte[] login = ("\0me\0" + secret).getBytes(StandardCharsets.UTF_8);
            assertThat(LeakScan.leaks("login as me/" + secret)).containsExactly(secret);
            assertThat(LeakScan.leaks("AUTH PLAIN " + Base64.getEncoder().encodeToString(login)))
                    .containsExactly(secret);
        }
    }

    @Test
    void leaks_recipientWithoutADomainOfTheUsualForm_isFound() {
        assertThat(LeakScan.leaks("to postmaster@[10.0.0.7]")).isEmpty();
        LeakScan.recipient("Postmaster@[10.0.0.7]");
        assertThat(LeakScan.leaks("to postmaster@[10.0.0.7]")).containsExactly("postmaster@[10.0.0.7]");
    }

    @Test
    void check_addressLoggedAnywhere_failsTheClass() {
        for (Runnable way : ways()) {
            way.run();
            assertThatThrownBy(() -> LeakWatch.check(String.class))
                    .isInstanceOf(AssertionError.class)
                    .hasMessageContaining("told while String ran")
                    .hasMessageContaining("student1@campus.example");
            LeakWatch.check(String.class);
        }
    }

    @Test
    void check_classThatLeaksOnPurpose_passes() {
        ways().forEach(Runnable::run);
        LeakWatch.check(LeakWatchTest.class);
        LeakWatch.check(String.class);
    }

    @Test
    void session_leakAfterTheLastTestOfTheRun_failsTheRun() {
        LauncherSession session = LauncherFactory.openSession();
        SummaryGeneratingListener summary = new SummaryGeneratingListener();
        session.getLauncher()
                .execute(
                        LauncherDiscoveryRequestBuilder.request()
                                .selectors(selectClass(Late.class))
                                .build(),
                        summary);
        assertThat(summary.getSummary().getTestsSucceededCount()).isEqualTo(1);
        assertThat(summary.getSummary().getTotalFailureCount()).isZero();
        LoggerFactory.getLogger("leaking").warn("to student1@campus.example");
        assertThatThrownBy(session::close)
                .isInstanceOf(AssertionError.class)
                .hasMessageContaining("told at the end")
                .hasMessageContaining("student1@campus.example");
    }

    /** A class of the run above. */
    static class Late {
        @Test
        void test_ofNothing_passes() {
            assertThat(System.err).isNotNull();
        }
    }

    private static List<Runnable> ways() {
        Logger log = LoggerFactory.getLogger("leaking");
        String address = "student1@campus.example";
        return List.of(
                () -> log.warn("to {}", address),
                () -> log.warn("failed", new IllegalStateException("550 " + address)),
                () -> log.atWarn().addKeyValue("to", address).log("sent"),
                () -> java.util.logging.Logger.getLogger("leaking").warning(address),
                () -> LeakWatch.hear("a span", "to=" + address),
                () -> export(new MemorySpans(), address),
                () -> export(new HeardSpans(), address),
                () -> System.err.println("550 " + address),
                () -> System.out.println("to " + address),
                () -> endThreadBy(new IllegalStateException("550 " + address)),
                () -> {
                    MDC.put("to", address);
                    log.warn("sent");
                    MDC.remove("to");
                });
    }

    private static void export(ConfigurableSpanExporterProvider spans, String address) {
        SpanData span = TestSpanData.builder()
                .setName("deliver")
                .setKind(SpanKind.CLIENT)
                .setStartEpochNanos(1)
                .setEndEpochNanos(2)
                .setHasEnded(true)
                .setStatus(StatusData.create(StatusCode.ERROR, "550 " + address))
                .build();
        spans.createExporter(DefaultConfigProperties.createFromMap(Map.of())).export(List.of(span));
    }

    private static void endThreadBy(RuntimeException failure) {
        Thread thread = new Thread(() -> {
            throw failure;
        });
        thread.start();
        try {
            thread.join();
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }
}
