package dev.herald.server.token;

import static dev.herald.server.token.BadToken.GOOD;
import static dev.herald.server.token.BadToken.KID;
import static dev.herald.server.token.BadToken.VALID;
import static dev.herald.server.token.BadToken.claims;
import static dev.herald.server.token.BadToken.cut;
import static dev.herald.server.token.BadToken.header;
import static dev.herald.server.token.BadToken.row;
import static dev.herald.server.token.ForgedToken.GOOD_HEADER;
import static dev.herald.server.token.ForgedToken.GOOD_PAYLOAD;
import static dev.herald.server.token.ForgedToken.KEY;
import static dev.herald.server.token.ForgedToken.NOW;
import static dev.herald.server.token.ForgedToken.OLD_KEY;
import static dev.herald.server.token.ForgedToken.base64url;
import static dev.herald.server.token.ForgedToken.bytes;
import static dev.herald.server.token.ForgedToken.of;
import static dev.herald.server.token.ForgedToken.signed;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.Base64;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/** B31 to B33: tokens that are signed, named or meant otherwise. */
final class BadTokenSignatures {
    private BadTokenSignatures() {}

    static Stream<BadToken> all() {
        return Stream.of(b31Signature(), b32Header(), b33Callers()).flatMap(all -> all);
    }

    private static Stream<BadToken> b31Signature() {
        int dot = GOOD.lastIndexOf('.');
        String input = GOOD.substring(0, dot);
        String signature = GOOD.substring(dot + 1);
        String standard = Base64.getEncoder()
                .withoutPadding()
                .encodeToString(Base64.getUrlDecoder().decode(plusOrSlash()));
        String other = signature.substring(0, 42) + next(signature.charAt(42));
        Stream<BadToken> spellings = Stream.of(
                        other,
                        signature + "=",
                        signature + "==",
                        signature + "\n",
                        signature + " ",
                        " " + signature,
                        signature + "\u0000",
                        "\u0000",
                        signature.substring(1),
                        signature.substring(0, 42),
                        "",
                        signature + "A",
                        signature + "AAAA",
                        "?" + signature,
                        "\u0130" + signature,
                        "a".repeat(43))
                .map(spelling -> row("B31 signature " + spelling, "BAD_SIGNATURE", input + "." + spelling));
        Stream<BadToken> others = Stream.of(
                row("B31 signature with + and /", "BAD_SIGNATURE", plusOrSlashInput() + "." + standard),
                row("B31 the same with - and _", VALID, plusOrSlashInput() + "." + plusOrSlash()),
                row(
                        "B31 HS512's signature",
                        "BAD_SIGNATURE",
                        input + "." + base64url(ForgedToken.mac("HmacSHA512", KEY, bytes(input)))),
                row(
                        "B31 padded header",
                        "BAD_SIGNATURE",
                        signed(padded(GOOD_HEADER + " ") + "." + base64url(bytes(GOOD_PAYLOAD)), KEY)),
                row(
                        "B31 padded payload",
                        "BAD_SIGNATURE",
                        signed(base64url(bytes(GOOD_HEADER)) + "." + padded(odd(GOOD_PAYLOAD)), KEY)),
                row(
                        "B31 unused bits in payload",
                        "BAD_SIGNATURE",
                        signed(base64url(bytes(GOOD_HEADER)) + "." + unused(odd(GOOD_PAYLOAD)), KEY)),
                row(
                        "B31 unused bits in header",
                        "BAD_SIGNATURE",
                        signed(unused(GOOD_HEADER + " ") + "." + base64url(bytes(GOOD_PAYLOAD)), KEY)),
                row("B31 bad signature of an expired token", "BAD_SIGNATURE", claims("7", "42", "100", "200") + "A"),
                row("B31 bad signature of broken claims", "BAD_SIGNATURE", of(GOOD_HEADER, "{}") + "A"));
        return Stream.concat(spellings, others);
    }

    private static Stream<BadToken> b32Header() {
        Stream<BadToken> kids = Stream.of(
                        "\"../../dev/null\"",
                        "\"' OR 1=1 --\"",
                        "\"" + "k".repeat(2000) + "\"",
                        "\"unknown\"",
                        "\"\"",
                        "null",
                        "5",
                        "[\"" + KID + "\"]",
                        "\"" + KID + "\\u0000\"")
                .map(kid -> row(
                        "B32 kid " + cut(kid),
                        "UNKNOWN_KEY",
                        of(header("\"HS256\"", "\"attendance+jwt\"", kid), GOOD_PAYLOAD)));
        Stream<BadToken> types = Stream.of(
                        "\"at+jwt\"",
                        "\"JWT\"",
                        "\"Attendance+JWT\"",
                        "\"application/attendance+jwt\"",
                        "null",
                        "1",
                        "[]")
                .map(typ -> row("B32 typ " + typ, "WRONG_TYPE", of(header("\"HS256\"", typ), GOOD_PAYLOAD)));
        return Stream.of(
                        kids,
                        types,
                        Stream.of(
                                row(
                                        "B32 kid absent",
                                        "UNKNOWN_KEY",
                                        of("{\"alg\":\"HS256\",\"typ\":\"attendance+jwt\"}", GOOD_PAYLOAD)),
                                row(
                                        "B32 typ missing",
                                        "WRONG_TYPE",
                                        of("{\"alg\":\"HS256\",\"kid\":\"" + KID + "\"}", GOOD_PAYLOAD)),
                                row("B32 crit", "MALFORMED", headerWith("\"crit\":[\"exp\"]")),
                                row("B32 empty crit", "MALFORMED", headerWith("\"crit\":null")),
                                row("B32 zip", "MALFORMED", headerWith("\"zip\":\"DEF\"")),
                                row(
                                        "B32 crit and unknown kid",
                                        "MALFORMED",
                                        of(
                                                header("\"HS256\"", "\"attendance+jwt\"", "\"x\",\"crit\":[]"),
                                                GOOD_PAYLOAD)),
                                row(
                                        "B32 crit and wrong typ",
                                        "WRONG_TYPE",
                                        of(header("\"HS256\"", "\"x\"", "\"x\",\"crit\":[]"), GOOD_PAYLOAD)),
                                row(
                                        "B32 jwk, jku, x5u, x5c",
                                        VALID,
                                        headerWith(
                                                "\"jwk\":{\"kty\":\"oct\",\"k\":\"AA\"},\"jku\":\"https://example.org\",\"x5u\":\"x\",\"x5c\":[\"x\"]")),
                                row(
                                        "B32 jwk with its own key",
                                        "BAD_SIGNATURE",
                                        of(
                                                bytes(GOOD_HEADER.replace("}", ",\"jwk\":{\"k\":\"AA\"}}")),
                                                bytes(GOOD_PAYLOAD),
                                                OLD_KEY)),
                                row(
                                        "B32 header in another order",
                                        VALID,
                                        of(
                                                "{\"typ\":\"attendance+jwt\", \"kid\":\"" + KID
                                                        + "\",\n\t\"alg\":\"HS256\"}",
                                                GOOD_PAYLOAD))))
                .flatMap(all -> all);
    }

    private static Stream<BadToken> b33Callers() {
        byte[] callersKey = bytes("the-key-of-callers-0123456789-abcdef");
        String claims = "{\"aud\":\"herald\",\"roles\":[\"admin\"],\"exp\":" + (NOW + 60) + "}";
        return Stream.of(
                row(
                        "B33 bearer token",
                        "WRONG_TYPE",
                        of(bytes("{\"alg\":\"HS256\",\"typ\":\"JWT\"}"), bytes(claims), callersKey)),
                row(
                        "B33 bearer token of our type",
                        "UNKNOWN_KEY",
                        of(bytes("{\"alg\":\"HS256\",\"typ\":\"attendance+jwt\"}"), bytes(claims), callersKey)));
    }

    private static String headerWith(String member) {
        return of("{" + member + "," + GOOD_HEADER.substring(1), GOOD_PAYLOAD);
    }

    private static String padded(String json) {
        String part = Base64.getUrlEncoder().encodeToString(bytes(json));
        assertThat(part).endsWith("=");
        return part;
    }

    /** The same object with blanks behind it, so that its base64 has unused bits. */
    private static String odd(String json) {
        return bytes(json).length % 3 == 0 ? json + " " : json;
    }

    private static String unused(String json) {
        String part = base64url(bytes(json));
        assertThat(part.length() % 4).isNotZero();
        return part.substring(0, part.length() - 1) + next(part.charAt(part.length() - 1));
    }

    private static char next(char c) {
        String alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
        return alphabet.charAt(alphabet.indexOf(c) + 1);
    }

    /** A signing input whose signature has a character that the two alphabets spell differently. */
    private static String plusOrSlashInput() {
        return IntStream.range(1, 1000)
                .mapToObj(session -> claims("7", "" + session, "" + NOW, "" + (NOW + 60)))
                .filter(token -> token.substring(token.lastIndexOf('.')).matches(".*[-_].*"))
                .map(token -> token.substring(0, token.lastIndexOf('.')))
                .findFirst()
                .orElseThrow();
    }

    private static String plusOrSlash() {
        String token = signed(plusOrSlashInput(), KEY);
        return token.substring(token.lastIndexOf('.') + 1);
    }
}
