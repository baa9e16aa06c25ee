package dev.herald.server.testing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
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
                "key " + HeraldFixture.SIGNING_KEY,
                "key " + HeraldFixture.CALLER_KEY,
                "550 <student1@campus.example>",
                "To: ANN@Example.ORG"
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
                "the signing input eyJhbGciOiJIUzI1NiJ9.eyJzdHVkZW50IjoxfQ alone"
            })
    void leaks_nothingPersonal_isLeftAlone(String line) {
        assertThat(LeakScan.leaks(line)).isEmpty();
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

    private static List<Runnable> ways() {
        Logger log = LoggerFactory.getLogger("leaking");
        String address = "student1@campus.example";
        return List.of(
                () -> log.warn("to {}", address),
                () -> log.warn("failed", new IllegalStateException("550 " + address)),
                () -> log.atWarn().addKeyValue("to", address).log("sent"),
                () -> java.util.logging.Logger.getLogger("leaking").warning(address),
                () -> LeakWatch.hear("a span", "to=" + address),
                () -> {
                    try (MDC.MDCCloseable ignored = MDC.putCloseable("to", address)) {
                        log.warn("sent");
                    }
                });
    }
}
