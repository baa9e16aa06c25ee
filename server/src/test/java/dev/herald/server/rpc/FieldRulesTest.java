package dev.herald.server.rpc;

import static org.assertj.core.api.Assertions.assertThat;

import dev.herald.v1.DecodeTokenRequest;
import dev.herald.v1.ValidateTokenRequest;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.StringLength;

class FieldRulesTest {
    private final FieldRules rules = new FieldRules();

    @Property(tries = 300)
    void check_anyValidateTokenRequest_saysTheSameAsTheRulesInTheContract(
            @ForAll @StringLength(max = 20) String text,
            @ForAll @IntRange(max = 2_000) int repeated,
            @ForAll @IntRange(min = -1, max = 4) int freshness) {
        String token = text.repeat(repeated);
        ValidateTokenRequest request = ValidateTokenRequest.newBuilder()
                .setToken(token.substring(0, Math.min(token.length(), 5_000)))
                .setFreshnessValue(freshness)
                .build();
        assertThat(rules.check(request)).isEqualTo(rules.checkAll(request));
    }

    @Example
    void isPlain_widestCharactersAtTheLimit_breaksNoRule() {
        ValidateTokenRequest request = ValidateTokenRequest.newBuilder()
                .setToken("\u20ac".repeat(1_365))
                .build();
        assertThat(FieldRules.isPlain(request)).isTrue();
        assertThat(rules.checkAll(request)).isEmpty();
        ValidateTokenRequest longer = ValidateTokenRequest.newBuilder()
                .setToken("\u20ac".repeat(1_366))
                .build();
        assertThat(FieldRules.isPlain(longer)).isFalse();
        assertThat(rules.check(longer)).hasSize(1);
    }

    @Example
    void isPlain_otherMessages_areLeftToTheRules() {
        assertThat(FieldRules.isPlain(
                        DecodeTokenRequest.newBuilder().setToken("a").build()))
                .isFalse();
    }
}
