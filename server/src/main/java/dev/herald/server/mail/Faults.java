package dev.herald.server.mail;

import dev.herald.server.error.PlainWords;
import jakarta.mail.AuthenticationFailedException;

/** Says in a line what went wrong with a connection. */
final class Faults {
    private Faults() {}

    static String describe(Throwable fault) {
        return fault instanceof AuthenticationFailedException
                ? "login refused: " + PlainWords.of(fault)
                : PlainWords.ofCause(fault);
    }

    static Throwable root(Throwable fault) {
        Throwable root = fault;
        for (int depth = 0; root.getCause() != null && depth < 10; depth++) {
            root = root.getCause();
        }
        return root;
    }
}
