package dev.herald.server.caller;

import static org.assertj.core.api.Assertions.assertThat;

import dev.herald.server.config.Secret;
import dev.herald.server.testing.SettableClock;
import java.time.Duration;
import java.util.Set;
import org.junit.jupiter.api.Test;

class CallerTokensTest {
    private final SettableClock clock = new SettableClock();
    private final CallerTokens tokens =
            new CallerTokens(new Secret("a-key-of-callers-in-tests-0123456789abcdef"), clock);
    private final String token = tokens.issue("door", Set.of(Role.ATTENDANCE), Duration.ofMinutes(10));

    @Test
    void verify_shownAgain_namesTheSameCaller() {
        Caller caller = tokens.verify(token).orElseThrow();
        assertThat(caller).isEqualTo(new Caller("door", Set.of(Role.ATTENDANCE)));
        assertThat(tokens.verify(token)).containsSame(caller);
    }

    @Test
    void verify_knownButExpiredSince_isNobody() {
        assertThat(tokens.verify(token)).isPresent();
        clock.advance(Duration.ofMinutes(10).plusSeconds(2));
        assertThat(tokens.verify(token)).isEmpty();
    }

    @Test
    void verify_knownAndTheClockSetBackBehindItsIssue_isNobody() {
        assertThat(tokens.verify(token)).isPresent();
        clock.advance(Duration.ofMinutes(-5));
        assertThat(tokens.verify(token)).isEmpty();
    }

    @Test
    void verify_knownWithAnotherSignature_isNobody() {
        assertThat(tokens.verify(token)).isPresent();
        char last = token.charAt(token.length() - 1);
        String forged = token.substring(0, token.length() - 1) + (last == 'A' ? 'Q' : 'A');
        assertThat(tokens.verify(forged)).isEmpty();
    }

    @Test
    void verify_knownToAnotherKey_isNobody() {
        assertThat(tokens.verify(token)).isPresent();
        CallerTokens others = new CallerTokens(new Secret("another-key-of-callers-0123456789-abcdefghij"), clock);
        assertThat(others.verify(token)).isEmpty();
    }
}
