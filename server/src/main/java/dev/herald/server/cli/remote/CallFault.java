package dev.herald.server.cli.remote;

import com.google.protobuf.Struct;
import com.google.protobuf.Value;
import dev.herald.client.ServiceCallException;
import dev.herald.server.config.SettingsException;
import dev.herald.server.error.PlainWords;
import dev.herald.v1.ErrorReason;
import java.util.Map;
import java.util.TreeMap;

/**
 * Why a command failed: one sentence that says what to do, and the same as fields for programs.
 *
 * @param text the sentence, with the reason by which the API reference explains it
 * @param fields code and reason of the call, if there was one, the reason's metadata, and the sentence as message
 */
record CallFault(String text, Map<String, Value> fields) {
    static CallFault of(ServiceCallException failure, Connection connection) {
        String sentence = CallAdvice.sentence(failure, connection);
        String reason = reason(failure);
        Map<String, Value> fields = new TreeMap<>();
        fields.put("code", value(failure.code().name()));
        if (!reason.isEmpty()) {
            fields.put("reason", value(reason));
        }
        Struct.Builder metadata = Struct.newBuilder();
        failure.metadata().forEach((name, content) -> metadata.putFields(name, value(content)));
        fields.put("metadata", Value.newBuilder().setStructValue(metadata).build());
        fields.put("message", value(sentence));
        return new CallFault(reason.isEmpty() ? sentence : sentence + " (" + reason + ")", Map.copyOf(fields));
    }

    /** Of what went wrong on this side. */
    static CallFault of(Exception failure) {
        return of(
                failure instanceof SettingsException wrong
                        ? String.join("; ", wrong.faults())
                        : PlainWords.of(failure));
    }

    static CallFault of(String message) {
        return new CallFault(message, Map.of("message", value(message)));
    }

    /** An object with the member error, in one line. */
    String json() {
        Struct error = Struct.newBuilder().putAllFields(fields).build();
        return Json.line(Struct.newBuilder()
                .putFields("error", Value.newBuilder().setStructValue(error).build())
                .build());
    }

    private static String reason(ServiceCallException failure) {
        return failure.reason() == ErrorReason.ERROR_REASON_UNSPECIFIED
                ? ""
                : failure.reason().name().replaceFirst("^ERROR_REASON_", "");
    }

    private static Value value(String content) {
        return Value.newBuilder().setStringValue(content).build();
    }
}
