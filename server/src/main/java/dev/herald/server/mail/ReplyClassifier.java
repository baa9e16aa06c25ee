package dev.herald.server.mail;

import dev.herald.server.mail.DeliveryOutcome.Kind;
import java.util.Set;

/**
 * What a reply means for the mail. The basic code's first digit decides between "later" and "never"; the enhanced code
 * only refines whose fault it is. A reply to RCPT is about this recipient, whatever its code: one mailbox must not stop the
 * others.
 */
final class ReplyClassifier {
    /** The command that was answered. */
    enum Stage {
        MAIL,
        RCPT,
        DATA,
        DOT
    }

    private static final int CLOSING = 421;
    /** Login or TLS is wanted, or failed for now (RFC 4954, RFC 3207). */
    private static final Set<Integer> NOT_LET_IN = Set.of(454, 530, 534, 535, 538);

    private ReplyClassifier() {}

    /**
     * Classifies a reply of any code from 200 to 599 that is not what the stage waits for, or a 2xx to the final dot.
     *
     * @param first whether the connection hasn't dealt with a mail before
     */
    static Kind classify(Stage stage, RelayReply reply, boolean first) {
        int code = reply.code();
        if (code == CLOSING && !first) {
            return Kind.CONNECTION_LOST;
        } else if (isAboutUs(stage) && (code == CLOSING || NOT_LET_IN.contains(code))) {
            return Kind.RELAY_TROUBLE;
        } else if (code / 100 == 5) {
            return isSenderRefused(stage, reply) ? Kind.RELAY_TROUBLE : Kind.PERMANENT;
        } else if (code / 100 == 2 && stage == Stage.DOT) {
            return Kind.ACCEPTED;
        }
        return code / 100 != 4 && stage == Stage.DOT ? Kind.UNKNOWN : Kind.TRANSIENT;
    }

    private static boolean isAboutUs(Stage stage) {
        return stage == Stage.MAIL || stage == Stage.DOT;
    }

    /** The sender is the same for all mails; only the announced size is the message's own. */
    private static boolean isSenderRefused(Stage stage, RelayReply reply) {
        return stage == Stage.MAIL
                && reply.code() != 552
                && !reply.enhancedCode().equals("5.3.4");
    }
}
