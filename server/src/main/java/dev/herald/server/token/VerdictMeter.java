package dev.herald.server.token;

import dev.herald.v1.TokenReason;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;

/** Counts verdicts on tokens by what they say; an addition each. Thread-safe. */
final class VerdictMeter {
    private static final String PREFIX = "TOKEN_REASON_";

    /** By the reason's number; 0 is none, for a valid token. */
    private final Counter[] counters;

    VerdictMeter(MeterRegistry meters) {
        TokenReason[] reasons = TokenReason.values();
        this.counters = new Counter[reasons.length - 1];
        for (TokenReason reason : reasons) {
            if (reason != TokenReason.UNRECOGNIZED) {
                counters[reason.getNumber()] = register(reason, meters);
            }
        }
    }

    /** The verdict, counted. */
    TokenVerdict count(TokenVerdict verdict) {
        int number = verdict instanceof TokenVerdict.Refused refused
                ? refused.reason().getNumber()
                : TokenReason.TOKEN_REASON_UNSPECIFIED_VALUE;
        counters[number].increment();
        return verdict;
    }

    private static Counter register(TokenReason reason, MeterRegistry meters) {
        boolean valid = reason == TokenReason.TOKEN_REASON_UNSPECIFIED;
        return Counter.builder("herald.token.verdicts")
                .description("answers of ValidateToken and ValidateTokens")
                .tag("verdict", valid ? "VALID" : reason.name().substring(PREFIX.length()))
                .register(meters);
    }
}
