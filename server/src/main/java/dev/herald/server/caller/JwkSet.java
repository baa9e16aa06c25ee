package dev.herald.server.caller;

import com.auth0.jwt.algorithms.Algorithm;
import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadFeature;
import java.io.IOException;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The keys of AUTH_JWKS_FILE by their kid (RFC 7517): oct for HS256, RSA for RS256, EC on P-256 for ES256. Keys of other types
 * or for other uses are passed over. Immutable; prints no key.
 */
public final class JwkSet {
    private static final JsonFactory JSON = JsonFactory.builder()
            .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
            .disable(StreamReadFeature.INCLUDE_SOURCE_IN_LOCATION)
            .build();

    private final Map<String, Algorithm> byKid;

    private JwkSet(Map<String, Algorithm> byKid) {
        this.byKid = byKid;
    }

    /**
     * Reads a set.
     *
     * @throws IllegalArgumentException saying what would be right, and nothing of a key
     */
    static JwkSet parse(String text) {
        Map<String, Algorithm> keys = new LinkedHashMap<>();
        try (JsonParser json = JSON.createParser(text)) {
            readSet(json, keys);
        } catch (IOException e) {
            // The parser's own words may quote a key.
            throw new IllegalArgumentException("must be a JSON Web Key Set: an object with a list \"keys\"", e);
        }
        if (keys.isEmpty()) {
            throw new IllegalArgumentException("holds no key for HS256, RS256 or ES256");
        }
        return new JwkSet(keys);
    }

    /** The algorithm and key of each kid. */
    Map<String, Algorithm> byKid() {
        return byKid;
    }

    /** Those that can sign too. */
    List<Algorithm> secrets() {
        return byKid.values().stream()
                .filter(algorithm -> algorithm.getName().equals("HS256"))
                .toList();
    }

    @Override
    public String toString() {
        return "JwkSet" + byKid.keySet();
    }

    private static void readSet(JsonParser json, Map<String, Algorithm> keys) throws IOException {
        expect(json, json.nextToken() == JsonToken.START_OBJECT);
        while (json.nextToken() == JsonToken.FIELD_NAME) {
            String name = json.currentName();
            json.nextToken();
            if (name.equals("keys")) {
                readKeys(json, keys);
            } else {
                json.skipChildren();
            }
        }
        expect(json, json.nextToken() == null);
    }

    private static void readKeys(JsonParser json, Map<String, Algorithm> keys) throws IOException {
        expect(json, json.currentToken() == JsonToken.START_ARRAY);
        while (json.nextToken() != JsonToken.END_ARRAY) {
            expect(json, json.currentToken() == JsonToken.START_OBJECT);
            add(keys, members(json));
        }
    }

    /** The members that are strings; the others say nothing about these kinds of keys. */
    private static Map<String, String> members(JsonParser json) throws IOException {
        Map<String, String> members = new HashMap<>();
        while (json.nextToken() == JsonToken.FIELD_NAME) {
            String name = json.currentName();
            if (json.nextToken() == JsonToken.VALUE_STRING) {
                members.put(name, json.getText());
            } else {
                json.skipChildren();
            }
        }
        return members;
    }

    private static void add(Map<String, Algorithm> keys, Map<String, String> members) {
        JwkKey.algorithm(members).ifPresent(algorithm -> {
            String kid = members.getOrDefault("kid", "");
            if (kid.isEmpty() || keys.put(kid, algorithm) != null) {
                throw new IllegalArgumentException("each key needs a \"kid\" of its own");
            }
        });
    }

    private static void expect(JsonParser json, boolean right) throws IOException {
        if (!right) {
            throw new IOException("unexpected " + json.currentToken());
        }
    }
}
