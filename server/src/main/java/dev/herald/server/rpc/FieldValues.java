package dev.herald.server.rpc;

import com.google.protobuf.Descriptors.FieldDescriptor;
import com.google.protobuf.Message;
import com.google.protobuf.Timestamp;
import com.google.protobuf.util.Timestamps;
import dev.herald.server.error.FieldFault;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * What no field of any request may hold: a timestamp out of range, or text with U+0000, which the database can't store. Which
 * further characters a text may hold is for its room to say. Pure.
 */
final class FieldValues {
    /** Read by what made them and never stored: whatever stands in them has an answer of its own. */
    private static final Set<String> OPAQUE = Set.of("token", "tokens", "page_token");

    private FieldValues() {}

    static void check(Message message, List<FieldFault> faults) {
        checkFields(message, "", faults);
    }

    /** The same message with another time where one is out of range. */
    static Message withValidTimes(Message message) {
        if (message instanceof Timestamp timestamp) {
            return Timestamps.isValid(timestamp) ? timestamp : Timestamp.getDefaultInstance();
        }
        Message.Builder copy = message.toBuilder();
        message.getAllFields().forEach((field, value) -> {
            if (field.getJavaType() == FieldDescriptor.JavaType.MESSAGE) {
                copy.setField(field, withValidTimes(value));
            }
        });
        return copy.build();
    }

    private static Object withValidTimes(Object value) {
        return value instanceof List<?> items
                ? items.stream().map(item -> withValidTimes((Message) item)).toList()
                : withValidTimes((Message) value);
    }

    private static void checkFields(Message message, String prefix, List<FieldFault> faults) {
        for (Map.Entry<FieldDescriptor, Object> entry : message.getAllFields().entrySet()) {
            FieldDescriptor field = entry.getKey();
            String path = prefix + field.getName();
            if (OPAQUE.contains(field.getName())) {
                continue;
            }
            if (field.isRepeated()) {
                int index = 0;
                for (Object item : (List<?>) entry.getValue()) {
                    checkValue(item, path + "[" + index++ + "]", faults);
                }
            } else {
                checkValue(entry.getValue(), path, faults);
            }
        }
    }

    private static void checkValue(Object value, String path, List<FieldFault> faults) {
        if (value instanceof Timestamp timestamp) {
            if (!Timestamps.isValid(timestamp)) {
                faults.add(new FieldFault(
                        path, "INVALID_TIMESTAMP", "must lie in the years 1 to 9999, nanos from 0 to 999999999"));
            }
        } else if (value instanceof Message message) {
            checkFields(message, path + ".", faults);
        } else if (value instanceof String text && text.indexOf('\0') >= 0) {
            faults.add(new FieldFault(path, "CONTROL_CHARACTER", "must not hold U+0000"));
        }
    }
}
