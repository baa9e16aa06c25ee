package dev.herald.server;

import build.buf.validate.FieldRules;
import build.buf.validate.MessageRules;
import build.buf.validate.ValidateProto;
import com.google.protobuf.DescriptorProtos.DescriptorProto;
import com.google.protobuf.DescriptorProtos.FieldDescriptorProto;
import com.google.protobuf.Descriptors.FieldDescriptor;
import com.google.protobuf.Message;
import java.text.NumberFormat;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Stream;

/** The field rules of the contract in words. A rule nobody has words for yet is told as it is written. */
final class ApiRules {
    private static final Map<String, String> WORDS = Map.ofEntries(
            Map.entry("gt", "more than %s"),
            Map.entry("gte", "at least %s"),
            Map.entry("lt", "less than %s"),
            Map.entry("lte", "at most %s"),
            Map.entry("min_len", "at least %s characters"),
            Map.entry("max_len", "at most %s characters"),
            Map.entry("min_bytes", "at least %s bytes"),
            Map.entry("max_bytes", "at most %s bytes"),
            Map.entry("min_items", "at least %s"),
            Map.entry("max_items", "at most %s"),
            Map.entry("pattern", "matches `%s`"),
            Map.entry("defined_only", "a known value"));

    private ApiRules() {}

    static String of(FieldDescriptorProto field) {
        return field.getOptions().hasExtension(ValidateProto.field)
                ? String.join(", ", words(field.getOptions().getExtension(ValidateProto.field)))
                : "";
    }

    /** Of the message as a whole, and of its choices. */
    static List<String> of(DescriptorProto type) {
        MessageRules rules = type.getOptions().getExtension(ValidateProto.message);
        Stream<String> choices = type.getOneofDeclList().stream()
                .filter(choice ->
                        choice.getOptions().getExtension(ValidateProto.oneof).getRequired())
                .map(choice -> "one " + choice.getName() + " must be set");
        return Stream.concat(rules.getCelList().stream().map(rule -> rule.getMessage()), choices)
                .toList();
    }

    private static List<String> words(FieldRules rules) {
        List<String> words = new ArrayList<>();
        if (rules.getRequired()) {
            words.add("required");
        }
        for (Map.Entry<FieldDescriptor, Object> rule : rules.getAllFields().entrySet()) {
            if (rule.getValue() instanceof Message ofType) {
                ofType.getAllFields().forEach((name, value) -> words.add(word(name, value)));
            } else if (!rule.getKey().getName().equals("required")) {
                words.add(rule.getKey().getName() + " " + rule.getValue());
            }
        }
        return words;
    }

    private static String word(FieldDescriptor rule, Object value) {
        if (value instanceof FieldRules ofItems) {
            return "each " + String.join(", ", words(ofItems));
        }
        String said = value instanceof Number number
                ? NumberFormat.getIntegerInstance(Locale.ENGLISH).format(number)
                : String.valueOf(value);
        return WORDS.getOrDefault(rule.getName(), rule.getName() + " %s").formatted(said);
    }
}
