package dev.herald.server.audit;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import java.io.IOException;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.stream.LongStream;

/**
 * What held before an act, or holds after it: names with numbers, words, moments and ids. Never a token, a secret, an address or
 * a person's name. Not thread-safe.
 */
public final class Facts {
    /** Of a list of ids no more are kept; how many there were is a fact of its own. */
    private static final int MOST_IDS = 100;

    private static final JsonFactory JSON = new JsonFactory();

    private final Map<String, Object> facts = new LinkedHashMap<>();

    public Facts with(String name, long number) {
        facts.put(name, number);
        return this;
    }

    public Facts with(String name, boolean flag) {
        facts.put(name, flag);
        return this;
    }

    public Facts with(String name, String word) {
        facts.put(name, word);
        return this;
    }

    public Facts with(String name, Instant moment) {
        facts.put(name, moment.toString());
        return this;
    }

    /** The first 100 of the ids. */
    public Facts withIds(String name, long[] ids) {
        facts.put(name, LongStream.of(ids).limit(MOST_IDS).toArray());
        return this;
    }

    /** All of them as a JSON object. */
    String json() {
        StringWriter text = new StringWriter();
        try (JsonGenerator json = JSON.createGenerator(text)) {
            json.writeStartObject();
            for (Map.Entry<String, Object> fact : facts.entrySet()) {
                json.writeFieldName(fact.getKey());
                write(json, fact.getValue());
            }
            json.writeEndObject();
        } catch (IOException e) {
            throw new UncheckedIOException("a string takes everything", e);
        }
        return text.toString();
    }

    private static void write(JsonGenerator json, Object value) throws IOException {
        if (value instanceof Long number) {
            json.writeNumber(number);
        } else if (value instanceof Boolean flag) {
            json.writeBoolean(flag);
        } else if (value instanceof long[] ids) {
            json.writeArray(ids, 0, ids.length);
        } else {
            json.writeString(value.toString());
        }
    }
}
