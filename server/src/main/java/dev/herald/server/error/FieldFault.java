package dev.herald.server.error;

import java.util.List;
import java.util.stream.Collectors;

/**
 * One field or item that breaks a rule.
 *
 * @param field the path, such as {@code users[3].email}
 * @param reason in UPPER_SNAKE_CASE, such as {@code MUST_BE_POSITIVE}
 * @param description what would be right; never the refused value
 */
public record FieldFault(String field, String reason, String description) {
    static String sentence(List<FieldFault> faults) {
        return faults.stream()
                .limit(20)
                .map(fault -> fault.field() + ": " + fault.description())
                .collect(Collectors.joining("; "));
    }
}
