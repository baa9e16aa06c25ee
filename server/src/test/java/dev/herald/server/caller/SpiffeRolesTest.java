package dev.herald.server.caller;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SpiffeRolesTest {
    @Test
    void parse_idsWithRoles_areAMap() {
        assertThat(SpiffeRoles.parse("spiffe://campus/session-service=session, spiffe://campus/ops=admin,"))
                .isEqualTo(Map.of(
                        "spiffe://campus/session-service", Set.of(Role.SESSION),
                        "spiffe://campus/ops", Set.of(Role.ADMIN)));
    }

    @Test
    void parse_anIdTwice_hasBothRoles() {
        assertThat(SpiffeRoles.parse("spiffe://campus/a=session,spiffe://campus/a=attendance"))
                .isEqualTo(Map.of("spiffe://campus/a", Set.of(Role.SESSION, Role.ATTENDANCE)));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                ",",
                "admin",
                "=admin",
                "spiffe://campus/ops",
                "spiffe://campus/ops=",
                "spiffe://campus/ops=root",
                "spiffe://campus/ops=ADMIN",
                "spiffe://campus=admin",
                "spiffe://campus/=admin",
                "spiffe://campus//ops=admin",
                "spiffe://campus/../ops=admin",
                "spiffe://campus/./ops=admin",
                "spiffe://Campus/ops=admin",
                "spiffe://campus:443/ops=admin",
                "spiffe://campus/*=admin",
                "spiffe://campus/ops%20=admin",
                "https://campus/ops=admin"
            })
    void parse_anythingElse_saysWhatWouldBeRight(String text) {
        assertThatThrownBy(() -> SpiffeRoles.parse(text))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageStartingWith("must be like spiffe://");
    }
}
