package dev.herald.server.token;

import com.google.protobuf.Timestamp;
import com.google.protobuf.util.Timestamps;
import dev.herald.server.error.FieldFault;
import dev.herald.server.error.HeraldException;
import dev.herald.v1.ConsumeTokenResponse;
import dev.herald.v1.DecodeTokenResponse;
import dev.herald.v1.GenerateTokenResponse;
import dev.herald.v1.ValidateTokenResponse;
import java.time.Instant;
import java.util.List;

/** Between the contract's messages and this room's types. */
final class TokenMessages {
    private TokenMessages() {}

    static GenerateTokenResponse generated(TokenGenerator.GeneratedToken generated) {
        return GenerateTokenResponse.newBuilder()
                .setToken(generated.token())
                .setExpiresAt(timestamp(generated.expiresAt()))
                .build();
    }

    static ValidateTokenResponse validated(TokenVerdict verdict) {
        if (verdict instanceof TokenVerdict.Valid valid) {
            TokenClaims claims = valid.claims();
            return ValidateTokenResponse.newBuilder()
                    .setValid(true)
                    .setStudentProfileId(claims.studentProfileId())
                    .setSessionId(claims.sessionId())
                    .setIssuedAt(seconds(claims.issuedAt()))
                    .setExpiresAt(seconds(claims.expiresAt()))
                    .build();
        }
        return ValidateTokenResponse.newBuilder()
                .setReason(((TokenVerdict.Refused) verdict).reason())
                .build();
    }

    static DecodeTokenResponse decoded(TokenClaims claims) {
        return DecodeTokenResponse.newBuilder()
                .setStudentProfileId(claims.studentProfileId())
                .setSessionId(claims.sessionId())
                .setIssuedAt(seconds(claims.issuedAt()))
                .setExpiresAt(seconds(claims.expiresAt()))
                .build();
    }

    static ConsumeTokenResponse consumed(TokenConsumer.Consumption consumption) {
        ConsumeTokenResponse.Builder response = ConsumeTokenResponse.newBuilder()
                .setOutcome(consumption.outcome())
                .setReason(consumption.reason());
        consumption.at().ifPresent(at -> response.setConsumedAt(timestamp(at)));
        return response.build();
    }

    /** A time of the years 1 to 9999; anything else is the caller's mistake. */
    static Instant instant(String field, Timestamp timestamp) {
        if (!Timestamps.isValid(timestamp)) {
            throw HeraldException.invalidFields(
                    List.of(new FieldFault(field, "INVALID_TIMESTAMP", "must lie in the years 1 to 9999")));
        }
        return Instant.ofEpochSecond(timestamp.getSeconds(), timestamp.getNanos());
    }

    private static Timestamp timestamp(Instant instant) {
        return Timestamp.newBuilder()
                .setSeconds(instant.getEpochSecond())
                .setNanos(instant.getNano())
                .build();
    }

    private static Timestamp seconds(long epochSeconds) {
        return Timestamp.newBuilder().setSeconds(epochSeconds).build();
    }
}
