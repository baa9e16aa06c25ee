package dev.herald.server.token;

import static dev.herald.server.token.ForgedToken.GOOD_HEADER;
import static dev.herald.server.token.ForgedToken.GOOD_PAYLOAD;
import static dev.herald.server.token.ForgedToken.KEY;
import static dev.herald.server.token.ForgedToken.NOW;
import static dev.herald.server.token.ForgedToken.OLD_KEY;
import static dev.herald.server.token.ForgedToken.base64url;
import static dev.herald.server.token.ForgedToken.bytes;
import static dev.herald.server.token.ForgedToken.of;
import static dev.herald.server.token.ForgedToken.payload;
import static dev.herald.server.token.ForgedToken.signed;
import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.List;
import java.util.stream.IntStream;
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

    private static final String KID = TokenKey.of(KEY).kid();
    private static final String GOOD = of(GOOD_HEADER, GOOD_PAYLOAD);

    /** All of them. */
    public static Stream<BadToken> all() {
        return Stream.of(
                        b25Shape(),
                        b26Algorithm(),
                        b27Json(),
                        b28Expiry(),
                        b29Times(),
                        b30Ids(),
                        b31Signature(),
                        b32Header(),
                        b33Callers())
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

    private static Stream<BadToken> b25Shape() {
        return Stream.of(
                row("B25 good", VALID, GOOD),
                row("B25 empty", "MALFORMED", ""),
                row("B25 over 4 KB", "MALFORMED", "a".repeat(4097)),
                row("B25 one part", "MALFORMED", "abc"),
                row("B25 two parts", "MALFORMED", GOOD.substring(0, GOOD.lastIndexOf('.'))),
                row("B25 four parts", "MALFORMED", GOOD + "."),
                row("B25 five parts", "MALFORMED", GOOD + ".a.b"),
                row("B25 two dots", "MALFORMED", ".."),
                row(
                        "B25 JSON serialisation",
                        "MALFORMED",
                        "{\"payload\":\"Zm9v\",\"signatures\":[{\"protected\":\"e30\"}]}"),
                row("B25 header no base64url", "MALFORMED", "?" + GOOD.substring(1)),
                row("B25 space before", "MALFORMED", " " + GOOD),
                row("B25 beyond ASCII", "MALFORMED", "\u0130\uD83D\uDE00." + GOOD));
    }

    private static Stream<BadToken> b26Algorithm() {
        Stream<BadToken> wrong = Stream.of(
                        "\"none\"",
                        "\"None\"",
                        "\"NONE\"",
                        "\"hs256\"",
                        "\"HS512\"",
                        "\"RS256\"",
                        "\"\"",
                        "256",
                        "null",
                        "[\"HS256\"]",
                        "{\"HS256\":1}",
                        "true",
                        "\"HS256 \"",
                        "\"HS256\\u0000\"")
                .map(alg ->
                        row("B26 alg " + alg, "BAD_ALGORITHM", of(header(alg, "\"attendance+jwt\""), GOOD_PAYLOAD)));
        String none = base64url(bytes("{\"alg\":\"none\"}")) + "." + base64url(bytes(GOOD_PAYLOAD)) + ".";
        String twice = "{\"alg\":\"HS256\"," + GOOD_HEADER.substring(1);
        return Stream.concat(
                wrong,
                Stream.of(
                        row("B26 alg none, unsigned", "BAD_ALGORITHM", none),
                        row("B26 alg missing", "BAD_ALGORITHM", of("{\"typ\":\"attendance+jwt\"}", GOOD_PAYLOAD)),
                        row("B26 alg twice", "MALFORMED", of(twice, GOOD_PAYLOAD))));
    }

    private static Stream<BadToken> b27Json() {
        List<String> broken = List.of(
                "null",
                "[]",
                "1",
                "\"text\"",
                "",
                " ",
                "{",
                "{}{}",
                "{} x",
                "{}\u0000",
                "\uFEFF{}",
                "{\"a\":1,\"a\":1}",
                "{\"a\":{\"b\":1,\"b\":2}}",
                "{'a':1}",
                "{\"a\":01}",
                "{\"a\":NaN}",
                "{\"a\":1,}",
                "{\"a\":\"\u0001\"}",
                "{/**/}",
                "{\"a\":" + "[".repeat(1400) + "]".repeat(1400) + "}");
        Stream<BadToken> headers =
                broken.stream().map(json -> row("B27 header " + cut(json), "MALFORMED", of(json, GOOD_PAYLOAD)));
        Stream<BadToken> payloads =
                broken.stream().map(json -> row("B27 payload " + cut(json), "MALFORMED", of(GOOD_HEADER, json)));
        Stream<BadToken> encodings = Stream.of(new int[] {0xC0, 0xAF}, new int[] {0xED, 0xA0, 0x80}, new int[] {0xFF})
                .flatMap(bad -> Stream.of(
                        row("B27 bad UTF-8 in header", "MALFORMED", of(broken(bad), bytes(GOOD_PAYLOAD), KEY)),
                        row("B27 bad UTF-8 in payload", "MALFORMED", of(bytes(GOOD_HEADER), broken(bad), KEY))));
        byte[] utf16 = GOOD_PAYLOAD.getBytes(java.nio.charset.StandardCharsets.UTF_16LE);
        Stream<BadToken> others = Stream.of(
                row("B27 payload in UTF-16", "MALFORMED", of(bytes(GOOD_HEADER), utf16, KEY)),
                row("B27 broken payload is told before a wrong alg", "MALFORMED", of("{\"alg\":\"none\"}", "[]")));
        return Stream.of(headers, payloads, encodings, others).flatMap(all -> all);
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

    private static BadToken row(String fault, String reason, String token) {
        return new BadToken(cut(fault), reason, token);
    }

    private static String header(String alg, String typ) {
        return header(alg, typ, "\"" + KID + "\"");
    }

    private static String header(String alg, String typ, String kid) {
        return "{\"alg\":%s,\"typ\":%s,\"kid\":%s}".formatted(alg, typ, kid);
    }

    private static String headerWith(String member) {
        return of("{" + member + "," + GOOD_HEADER.substring(1), GOOD_PAYLOAD);
    }

    private static String claims(String student, String session, String issuedAt, String expiresAt) {
        return of(GOOD_HEADER, payload(student, session, issuedAt, expiresAt));
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

    private static byte[] broken(int[] bad) {
        byte[] json = bytes("{\"a\":\"######\"}");
        IntStream.range(0, bad.length).forEach(i -> json[6 + i] = (byte) bad[i]);
        return json;
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

    private static String cut(String text) {
        return text.length() > 60 ? text.substring(0, 60) + "…" : text;
    }
}
