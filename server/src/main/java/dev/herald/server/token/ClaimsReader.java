package dev.herald.server.token;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/** Collects the claims of one payload. That it is JSON is judged at once, what the claims are worth only when asked. */
final class ClaimsReader {
    private static final long NOT_INTEGRAL = Long.MIN_VALUE;
    /** 9999-12-31T23:59:59Z. */
    private static final long LAST_SECOND = 253_402_300_799L;

    private static final int MOST_JTI_CHARACTERS = 64;

    private long studentProfileId = NOT_INTEGRAL;
    private long sessionId = NOT_INTEGRAL;
    private long issuedAt = NOT_INTEGRAL;
    private long expiresAt = NOT_INTEGRAL;
    private long notBefore;
    private String jti = "";

    /** Takes a payload. */
    void read(byte[] payload) throws IOException {
        StrictJson.read(payload, this::member);
    }

    /** The claims, or null when one is absent or of a wrong shape. */
    @Nullable
    TokenClaims claims() {
        boolean whole = studentProfileId >= 1
                && sessionId >= 1
                && issuedAt >= 0
                && expiresAt > issuedAt
                && expiresAt <= LAST_SECOND
                && notBefore != NOT_INTEGRAL
                && isId(jti);
        return whole ? new TokenClaims(jti, studentProfileId, sessionId, issuedAt, expiresAt) : null;
    }

    /** In seconds since 1970; 0 when the token doesn't say. */
    long notBefore() {
        return notBefore;
    }

    private void member(String name, JsonParser value) throws IOException {
        switch (name) {
            case "student_profile_id" -> studentProfileId = integer(value);
            case "session_id" -> sessionId = integer(value);
            case "iat" -> issuedAt = integer(value);
            case "exp" -> expiresAt = integer(value);
            case "nbf" -> notBefore = integer(value);
            case "jti" -> jti = value.currentToken() == JsonToken.VALUE_STRING ? value.getText() : "";
            default -> {}
        }
    }

    /** Only digits count as integral: 1e2 and 1.0 do not. */
    private static long integer(JsonParser value) throws IOException {
        boolean integral = value.currentToken() == JsonToken.VALUE_NUMBER_INT
                && value.getNumberType() != JsonParser.NumberType.BIG_INTEGER;
        return integral ? value.getLongValue() : NOT_INTEGRAL;
    }

    /** What PostgreSQL can store and tell apart. */
    private static boolean isId(String jti) {
        return !jti.isEmpty()
                && jti.length() <= MOST_JTI_CHARACTERS
                && jti.codePoints()
                        .noneMatch(c -> Character.isISOControl(c) || Character.getType(c) == Character.SURROGATE);
    }
}
