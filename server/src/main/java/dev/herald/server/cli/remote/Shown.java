package dev.herald.server.cli.remote;

import com.google.protobuf.Timestamp;
import dev.herald.server.cli.terminal.EnumWords;
import dev.herald.server.cli.terminal.LengthOfTime;
import dev.herald.server.cli.terminal.Moment;
import dev.herald.server.rpc.ProtoTimes;
import dev.herald.v1.DeliveryStatus;
import dev.herald.v1.FailureReason;
import java.time.Duration;

/** Fields of the contract as people read them; a dash stands for what is unset. */
final class Shown {
    private static final String NOTHING = "-";

    private Shown() {}

    static String time(Timestamp time) {
        return time.equals(Timestamp.getDefaultInstance()) ? NOTHING : Moment.text(ProtoTimes.instant(time));
    }

    /** How long ago, at a moment. */
    static String age(Timestamp time, Timestamp now) {
        return time.equals(Timestamp.getDefaultInstance())
                ? NOTHING
                : LengthOfTime.text(Duration.between(ProtoTimes.instant(time), ProtoTimes.instant(now)));
    }

    static String status(DeliveryStatus status) {
        return EnumWords.word(status, "DELIVERY_STATUS_");
    }

    static String reason(FailureReason reason) {
        return EnumWords.word(reason, "FAILURE_REASON_");
    }

    /** A text that may be empty. */
    static String text(String text) {
        return text.isEmpty() ? NOTHING : text;
    }

    /** Everything, or a kind of mail. */
    static String scope(String scope) {
        return scope.isEmpty() ? "everything" : scope;
    }
}
