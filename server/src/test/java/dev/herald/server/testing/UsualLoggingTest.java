package dev.herald.server.testing;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;

class UsualLoggingTest {
    private static final Logger OURS = (Logger) LoggerFactory.getLogger("dev.herald");

    @Test
    void classThatTurnsLoggingOff_leavesItToTheNextAsItWas() {
        Level usual = OURS.getEffectiveLevel();
        OURS.setLevel(Level.OFF);
        // As before a class.
        new UsualLogging().beforeAll(null);
        assertThat(OURS.getEffectiveLevel()).isEqualTo(usual).isNotEqualTo(Level.OFF);
    }
}
