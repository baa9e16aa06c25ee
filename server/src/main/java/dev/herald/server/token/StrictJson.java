package dev.herald.server.token;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.StreamReadFeature;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;

/**
 * Reads one JSON object, and nothing that merely looks like one: well-formed UTF-8 without a byte order mark, no name
 * twice, nothing behind it, at most 32 levels deep. Its size is bounded by the token's.
 */
final class StrictJson {
    private static final JsonFactory FACTORY = JsonFactory.builder()
            .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
            // Names come from strangers: they must not fill tables that outlive the call.
            .disable(JsonFactory.Feature.CANONICALIZE_FIELD_NAMES)
            .disable(JsonFactory.Feature.INTERN_FIELD_NAMES)
            .streamReadConstraints(StreamReadConstraints.builder()
                    .maxNestingDepth(32)
                    .maxNumberLength(TokenVerifier.MOST_CHARACTERS)
                    .build())
            .build();

    private StrictJson() {}

    /** Takes a member of the object; the parser stands at its value, and need not be moved. */
    @FunctionalInterface
    interface Members {
        void accept(String name, JsonParser value) throws IOException;
    }

    /** Hands over each member of the object itself; those of objects within it are only checked. */
    static void read(byte[] json, Members members) throws IOException {
        try (JsonParser parser = FACTORY.createParser(text(json))) {
            if (parser.nextToken() != JsonToken.START_OBJECT) {
                throw new IOException("not an object");
            }
            for (String name = parser.nextFieldName(); name != null; name = parser.nextFieldName()) {
                parser.nextToken();
                members.accept(name, parser);
                parser.skipChildren();
            }
            if (parser.nextToken() != null) {
                throw new IOException("more than an object");
            }
        }
    }

    /** A byte order mark stays in, and is no JSON. */
    private static String text(byte[] json) throws CharacterCodingException {
        for (byte b : json) {
            if (b < 0) {
                return StandardCharsets.UTF_8
                        .newDecoder()
                        .decode(ByteBuffer.wrap(json))
                        .toString();
            }
        }
        return new String(json, StandardCharsets.ISO_8859_1);
    }
}
