package dev.herald.server.token;

import static dev.herald.server.token.ForgedToken.GOOD_HEADER;
import static dev.herald.server.token.ForgedToken.GOOD_PAYLOAD;
import static dev.herald.server.token.ForgedToken.KEY;
import static dev.herald.server.token.ForgedToken.NOW;
import static dev.herald.server.token.ForgedToken.of;
import static dev.herald.server.token.ForgedToken.payload;

import java.nio.charset.StandardCharsets;
import java.util.stream.Stream;

/**
 * B25 to B33: tokens that are wrong in one way each, and some that only look so. Made for the keys and the moment below.
 *
 * @param fault the number of the input, and what is wrong
 * @param reason the TokenReason without its prefix; {@link #VALID} for a good token
 */
public record BadToken(String fault, String reason, String token) {
    public static final String VALID = "VALID";

    /** JWT_SECRET_KEY of a server that knows these tokens. */
    public static final String SIGNING_KEY = new String(KEY, StandardCharsets.UTF_8);

    /** The moment all their times are relative to, in seconds. */
    public static final long MOMENT = NOW;

    static final String KID = TokenKey.of(KEY).kid();
    static final String GOOD = of(GOOD_HEADER, GOOD_PAYLOAD);

    /** All of them. */
    public static Stream<BadToken> all() {
        return Stream.of(BadTokenForms.all(), BadTokenClaims.all(), BadTokenSignatures.all())
                .flatMap(all -> all);
    }

    /** The number alone, such as B25. */
    public String number() {
        return fault.substring(0, fault.indexOf(' '));
    }

    @Override
    public String toString() {
        return fault + ": " + reason;
    }

    static BadToken row(String fault, String reason, String token) {
        return new BadToken(cut(fault), reason, token);
    }

    static String header(String alg, String typ) {
        return header(alg, typ, "\"" + KID + "\"");
    }

    static String header(String alg, String typ, String kid) {
        return "{\"alg\":%s,\"typ\":%s,\"kid\":%s}".formatted(alg, typ, kid);
    }

    static String claims(String student, String session, String issuedAt, String expiresAt) {
        return of(GOOD_HEADER, payload(student, session, issuedAt, expiresAt));
    }

    static String cut(String text) {
        return text.length() > 60 ? text.substring(0, 60) + "…" : text;
    }
}
