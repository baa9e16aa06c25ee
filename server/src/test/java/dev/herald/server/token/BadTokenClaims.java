package dev.herald.server.token;

import static dev.herald.server.token.BadToken.VALID;
import static dev.herald.server.token.BadToken.claims;
import static dev.herald.server.token.BadToken.cut;
import static dev.herald.server.token.BadToken.row;
import static dev.herald.server.token.ForgedToken.GOOD_HEADER;
import static dev.herald.server.token.ForgedToken.GOOD_PAYLOAD;
import static dev.herald.server.token.ForgedToken.NOW;
import static dev.herald.server.token.ForgedToken.of;
import static dev.herald.server.token.ForgedToken.payload;

import java.util.List;
import java.util.stream.Stream;

/** B28 to B30: tokens with claims that are wrong. */
final class BadTokenClaims {
    private BadTokenClaims() {}

    static Stream<BadToken> all() {
        return Stream.of(b28Expiry(), b29Times(), b30Ids()).flatMap(all -> all);
    }

    private static Stream<BadToken> b28Expiry() {
        Stream<BadToken> malformed = Stream.of(
                        "null",
                        "\"" + (NOW + 60) + "\"",
                        "true",
                        "[" + (NOW + 60) + "]",
                        "{}",
                        (NOW + 60) + ".0",
                        "1e100",
                        "1e10",
                        "-1",
                        "" + Long.MAX_VALUE,
                        "9223372036854775808",
                        "1".repeat(2000),
                        NOW + "000",
                        "253402300800",
                        "" + NOW,
                        "" + (NOW - 1))
                .map(exp -> row("B28 exp " + cut(exp), "MALFORMED", claims("7", "42", "" + NOW, exp)));
        String absent = GOOD_PAYLOAD.replace("\"exp\"", "\"xep\"");
        return Stream.concat(
                malformed,
                Stream.of(
                        row("B28 no exp", "MALFORMED", of(GOOD_HEADER, absent)),
                        row("B28 exp past", "EXPIRED", claims("7", "42", "100", "200")),
                        row("B28 exp now", "EXPIRED", claims("7", "42", "" + (NOW - 9), "" + NOW)),
                        row("B28 exp in a second", VALID, claims("7", "42", "" + NOW, "" + (NOW + 1))),
                        row("B28 exp in 9999", VALID, claims("7", "42", "" + NOW, "253402300799"))));
    }

    private static Stream<BadToken> b29Times() {
        String late = "" + (NOW + 3600);
        return Stream.of(
                row("B29 iat 10 min ahead", "NOT_YET_VALID", claims("7", "42", "" + (NOW + 600), late)),
                row("B29 iat 61 s ahead", "NOT_YET_VALID", claims("7", "42", "" + (NOW + 61), late)),
                row("B29 iat 60 s ahead", VALID, claims("7", "42", "" + (NOW + 60), late)),
                row("B29 iat 30 s ahead", VALID, claims("7", "42", "" + (NOW + 30), late)),
                row("B29 iat missing", "MALFORMED", of(GOOD_HEADER, GOOD_PAYLOAD.replace("\"iat\"", "\"tai\""))),
                row("B29 iat null", "MALFORMED", claims("7", "42", "null", late)),
                row("B29 iat float", "MALFORMED", claims("7", "42", NOW + ".5", late)),
                row("B29 iat text", "MALFORMED", claims("7", "42", "\"" + NOW + "\"", late)),
                row("B29 nbf 10 min ahead", "NOT_YET_VALID", with("\"nbf\":" + (NOW + 600))),
                row("B29 nbf 30 s ahead", VALID, with("\"nbf\":" + (NOW + 30))),
                row("B29 nbf past", VALID, with("\"nbf\":-5")),
                row("B29 nbf text", "MALFORMED", with("\"nbf\":\"1\"")),
                row("B29 nbf null", "MALFORMED", with("\"nbf\":null")),
                row("B29 nbf float", "MALFORMED", with("\"nbf\":1.0")),
                row("B29 not yet valid and expired", "NOT_YET_VALID", of(GOOD_HEADER, expiredWithLateNbf())));
    }

    private static Stream<BadToken> b30Ids() {
        List<String> bad = List.of(
                "123.9",
                "\"123\"",
                "1e2",
                "9223372036854775808",
                "0",
                "-1",
                "-0",
                "null",
                "true",
                "[1]",
                "{}",
                "4294967419.0",
                "1".repeat(30));
        String iat = "" + NOW;
        String exp = "" + (NOW + 60);
        return Stream.of(
                        bad.stream().map(id -> row("B30 student " + id, "MALFORMED", claims(id, "42", iat, exp))),
                        bad.stream().map(id -> row("B30 session " + id, "MALFORMED", claims("7", id, iat, exp))),
                        Stream.of(
                                row(
                                        "B30 largest ids",
                                        VALID,
                                        claims("" + Long.MAX_VALUE, "" + Long.MAX_VALUE, iat, exp)),
                                row("B30 id beyond int", VALID, claims("4294967419", "1", iat, exp)),
                                row(
                                        "B30 no student",
                                        "MALFORMED",
                                        of(GOOD_HEADER, GOOD_PAYLOAD.replace("student_p", "p"))),
                                row(
                                        "B30 no session",
                                        "MALFORMED",
                                        of(GOOD_HEADER, GOOD_PAYLOAD.replace("session_", ""))),
                                row(
                                        "B30 extra claims",
                                        VALID,
                                        with("\"aud\":[\"x\",{\"y\":1e400}],\"\u00FC\":\"\u20AC\"")),
                                row("B30 extra long number", VALID, with("\"n\":" + "9".repeat(1500))),
                                row("B30 no jti", "MALFORMED", jti("null")),
                                row("B30 empty jti", "MALFORMED", jti("\"\"")),
                                row("B30 jti a number", "MALFORMED", jti("5")),
                                row("B30 jti of 64", VALID, jti("\"" + "j".repeat(64) + "\"")),
                                row("B30 jti of 65", "MALFORMED", jti("\"" + "j".repeat(65) + "\"")),
                                row("B30 jti with NUL", "MALFORMED", jti("\"a\\u0000\"")),
                                row("B30 jti with half a character", "MALFORMED", jti("\"a\\ud800\""))))
                .flatMap(all -> all);
    }

    private static String with(String claim) {
        return of(GOOD_HEADER, "{" + claim + "," + GOOD_PAYLOAD.substring(1));
    }

    private static String jti(String value) {
        return of(GOOD_HEADER, GOOD_PAYLOAD.replace("\"id-1\"", value));
    }

    private static String expiredWithLateNbf() {
        return "{\"nbf\":" + (NOW + 999) + ","
                + payload("7", "42", "100", "200").substring(1);
    }
}
