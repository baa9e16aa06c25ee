package dev.herald.server.cli.remote;

import com.google.protobuf.Struct;
import com.google.protobuf.Value;
import dev.herald.client.ServiceCallException;
import dev.herald.v1.ErrorReason;
import java.util.Map;
import java.util.TreeMap;

/**
 * Why a command failed: one sentence that says what to do, and the same as fields for programs.
 *
 * @param fields code and reason of the call, if there was one, the reason's metadata, and the sentence as message
 */
record CallFault(String text, Map<String, Value> fields) {
    static CallFault of(ServiceCallException failure, Connection connection) {
        String text = CallAdvice.sentence(failure, connection);
        Map<String, Value> fields = new TreeMap<>();
        fields.put("code", value(failure.code().name()));
        if (failure.reason() != ErrorReason.ERROR_REASON_UNSPECIFIED) {
            fields.put("reason", value(failure.reason().name().replaceFirst("^ERROR_REASON_", "")));
        }
        Struct.Builder metadata = Struct.newBuilder();
        failure.metadata().forEach((name, content) -> metadata.putFields(name, value(content)));
        fields.put("metadata", Value.newBuilder().setStructValue(metadata).build());
        return of(text, fields);
    }

    /** Of what went wrong on this side. */
    static CallFault of(Exception failure) {
        String message = failure.getMessage() == null ? failure.toString() : failure.getMessage();
        return of(message, new TreeMap<>());
    }

    /** An object with the member error, in one line. */
    String json() {
        Struct error = Struct.newBuilder().putAllFields(fields).build();
        return Json.line(Struct.newBuilder()
                .putFields("error", Value.newBuilder().setStructValue(error).build())
                .build());
    }

    private static CallFault of(String text, Map<String, Value> fields) {
        fields.put("message", value(text));
        return new CallFault(text, Map.copyOf(fields));
    }

    private static Value value(String content) {
        return Value.newBuilder().setStringValue(content).build();
    }
}
