package dev.herald.server.rpc;

import com.google.protobuf.Descriptors.Descriptor;
import com.google.protobuf.Descriptors.FieldDescriptor;
import com.google.protobuf.Descriptors.OneofDescriptor;
import com.google.protobuf.DynamicMessage;
import com.google.protobuf.Timestamp;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;

/** Requests of any method, filled by rote. */
public enum Requests {
    /** Nothing set. */
    EMPTY(0, "", null, 0),
    /** What an honest caller may send, about things that don't exist. */
    UNKNOWN_IDS(4_000_000_000_000_000_000L, "x", time(4_000_000_000L, 0), 1),
    NEGATIVE(-1, "x", time(4_000_000_000L, 0), 1),
    LEAST(Long.MIN_VALUE, "x", time(4_000_000_000L, 0), 1),
    LARGEST(Long.MAX_VALUE, "x", time(4_000_000_000L, 0), 1),
    UNKNOWN_ENUMS(1, "x", time(4_000_000_000L, 0), 9_999),
    NEGATIVE_ENUMS(1, "x", time(4_000_000_000L, 0), -9_999),
    BAD_NANOS(1, "x", time(4_000_000_000L, -1), 1),
    YEAR_10000(1, "x", time(253_402_300_800L, 0), 1),
    LONG_AGO(1, "x", time(-62_135_596_801L, 0), 1),
    LARGEST_TIMES(1, "x", time(Long.MAX_VALUE, Integer.MAX_VALUE), 1),
    YEAR_9999(1, "x", time(253_402_300_799L, 999_999_999), 1),
    YEAR_1(1, "x", time(-62_135_596_800L, 0), 1),
    CONTROLS(1, "a\0\u0001\u001b\r\n\u0085\u2028\u202e\uffff", time(4_000_000_000L, 0), 1),
    NUL_ALONE(1, "\0", time(4_000_000_000L, 0), 1),
    BREAKS(1, "a\r\nBcc: x@example.org", time(4_000_000_000L, 0), 1),
    ASTRAL(1, "\ud83d\ude00\ufeff\u202e", time(4_000_000_000L, 0), 1),
    LONG_TEXT(1, "x".repeat(100_000), time(4_000_000_000L, 0), 1);

    private final long number;
    private final String text;
    private final Timestamp time;
    private final int enumNumber;

    Requests(long number, String text, Timestamp time, int enumNumber) {
        this.number = number;
        this.text = text;
        this.time = time;
        this.enumNumber = enumNumber;
    }

    /** With every field set, with each field alone, and with each alternative of a choice. */
    public List<DynamicMessage> of(Descriptor type) {
        List<DynamicMessage> requests = new ArrayList<>();
        requests.add(fill(type, field -> this != EMPTY));
        if (this != EMPTY) {
            type.getFields().forEach(alone -> requests.add(fill(type, field -> field == alone)));
            type.getFields().forEach(missing -> requests.add(fill(type, field -> field != missing)));
            choices(type)
                    .forEach(chosen ->
                            requests.add(fill(type, field -> field.getContainingOneof() == null || field == chosen)));
        }
        return requests;
    }

    private static List<FieldDescriptor> choices(Descriptor type) {
        return type.getRealOneofs().stream()
                .map(OneofDescriptor::getFields)
                .flatMap(List::stream)
                .toList();
    }

    private DynamicMessage fill(Descriptor type, Predicate<FieldDescriptor> wanted) {
        DynamicMessage.Builder message = DynamicMessage.newBuilder(type);
        for (FieldDescriptor field : type.getFields()) {
            if (!wanted.test(field)) {
                continue;
            }
            if (field.isRepeated()) {
                message.addRepeatedField(field, value(field));
            } else {
                message.setField(field, value(field));
            }
        }
        return message.build();
    }

    private Object value(FieldDescriptor field) {
        return switch (field.getJavaType()) {
            case LONG -> number;
            case INT -> (int) Math.max(Integer.MIN_VALUE, Math.min(Integer.MAX_VALUE, number));
            case STRING -> text;
            case BOOLEAN -> true;
            case ENUM -> field.getEnumType().findValueByNumberCreatingIfUnknown(enumNumber);
            case MESSAGE ->
                field.getMessageType().getFullName().equals("google.protobuf.Timestamp")
                        ? time
                        : fill(field.getMessageType(), any -> true);
            default -> throw new AssertionError("no field of the contract has this type: " + field);
        };
    }

    /** A time no request may hold. */
    static Timestamp timeBeyond() {
        return time(253_402_300_800L, 0);
    }

    private static Timestamp time(long seconds, int nanos) {
        return Timestamp.newBuilder().setSeconds(seconds).setNanos(nanos).build();
    }
}
