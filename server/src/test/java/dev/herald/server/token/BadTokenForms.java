package dev.herald.server.token;

import static dev.herald.server.token.BadToken.GOOD;
import static dev.herald.server.token.BadToken.VALID;
import static dev.herald.server.token.BadToken.cut;
import static dev.herald.server.token.BadToken.header;
import static dev.herald.server.token.BadToken.row;
import static dev.herald.server.token.ForgedToken.GOOD_HEADER;
import static dev.herald.server.token.ForgedToken.GOOD_PAYLOAD;
import static dev.herald.server.token.ForgedToken.KEY;
import static dev.herald.server.token.ForgedToken.base64url;
import static dev.herald.server.token.ForgedToken.bytes;
import static dev.herald.server.token.ForgedToken.of;

import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/** B25 to B27: tokens whose parts are no JWS of ours. */
final class BadTokenForms {
    private BadTokenForms() {}

    static Stream<BadToken> all() {
        return Stream.of(b25Shape(), b26Algorithm(), b27Json()).flatMap(all -> all);
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

    private static byte[] broken(int[] bad) {
        byte[] json = bytes("{\"a\":\"######\"}");
        IntStream.range(0, bad.length).forEach(i -> json[6 + i] = (byte) bad[i]);
        return json;
    }
}
