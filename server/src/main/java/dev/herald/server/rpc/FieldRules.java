package dev.herald.server.rpc;

import build.buf.protovalidate.ValidationResult;
import build.buf.protovalidate.Validator;
import build.buf.protovalidate.ValidatorFactory;
import build.buf.protovalidate.exceptions.ValidationException;
import build.buf.validate.FieldPath;
import build.buf.validate.FieldPathElement;
import build.buf.validate.Violation;
import com.google.protobuf.Message;
import dev.herald.server.error.FieldFault;
import dev.herald.v1.Freshness;
import dev.herald.v1.ValidateTokenRequest;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** The field rules written in the .proto files (protovalidate), and what they leave out: {@link FieldValues}. Thread-safe. */
public final class FieldRules {
    private static final Map<String, String> REASONS = Map.of(
            "int64.gt", "MUST_BE_POSITIVE",
            "int64.gte", "MUST_NOT_BE_NEGATIVE",
            "int32.gte", "MUST_NOT_BE_NEGATIVE",
            "required", "REQUIRED",
            "enum.defined_only", "UNKNOWN_ENUM_VALUE");

    /** Four kilobytes whatever the characters are. */
    private static final int MOST_CHARACTERS = 4_096 / 3;

    private final Validator validator = ValidatorFactory.newBuilder().build();

    /** Every field that breaks a rule; empty when none does. */
    List<FieldFault> check(Message message) {
        return isPlain(message) ? List.of() : checkAll(message);
    }

    /** Whether a glance shows that no rule is broken: for the one message that comes many thousand times a second. */
    static boolean isPlain(Message message) {
        return message instanceof ValidateTokenRequest request
                && request.getFreshness() != Freshness.UNRECOGNIZED
                && !request.getToken().isEmpty()
                && request.getToken().length() <= MOST_CHARACTERS;
    }

    List<FieldFault> checkAll(Message message) {
        List<FieldFault> faults = new ArrayList<>();
        FieldValues.check(message, faults);
        // The rules can't compute with every timestamp, not even to say that another field is wrong.
        checkRules(faults.isEmpty() ? message : FieldValues.withValidTimes(message), faults);
        return faults;
    }

    private void checkRules(Message message, List<FieldFault> faults) {
        try {
            ValidationResult result = validator.validate(message);
            if (!result.isSuccess()) {
                result.toProto().getViolationsList().forEach(violation -> faults.add(fault(violation)));
            }
        } catch (ValidationException e) {
            throw new IllegalStateException(
                    "the rules of " + message.getDescriptorForType().getFullName() + " fail", e);
        }
    }

    private static FieldFault fault(Violation violation) {
        String rule = violation.getRuleId();
        String reason = REASONS.getOrDefault(rule, rule.toUpperCase(Locale.ROOT).replace('.', '_'));
        return new FieldFault(path(violation.getField()), reason, violation.getMessage());
    }

    private static String path(FieldPath field) {
        StringBuilder path = new StringBuilder();
        for (FieldPathElement element : field.getElementsList()) {
            if (path.length() > 0) {
                path.append('.');
            }
            path.append(element.getFieldName());
            if (element.hasIndex()) {
                path.append('[').append(element.getIndex()).append(']');
            }
        }
        return path.toString();
    }
}
