package dev.herald.server.rpc;

import com.google.protobuf.Any;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.rpc.ErrorInfo;
import com.google.rpc.Status;
import dev.herald.server.caller.RateLimit;
import dev.herald.v1.ErrorReason;
import io.grpc.Metadata;
import io.grpc.protobuf.StatusProto;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.Duration;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.atomic.AtomicLong;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Counts what was refused, each once, by its reason: the ErrorReason that the caller was told, RATE_LIMITED by whose limit it was,
 * and connections. What an operator should hear of is told in one log line each ten seconds and reason at most, however much
 * comes: nobody can fill the log from outside. Every reason has its counter from the beginning, since nobody sees one rise that
 * begins at 1. Thread-safe.
 */
public final class Refusals {
    static final String CONNECTION_LIMITED = "CONNECTION_LIMITED";
    static final String REQUEST_TOO_LARGE = "REQUEST_TOO_LARGE";

    private static final Logger log = LoggerFactory.getLogger(Refusals.class);
    private static final long QUIET = Duration.ofSeconds(10).toNanos();
    private static final String PREFIX = "ERROR_REASON_";
    private static final String UNSPECIFIED = "UNSPECIFIED";
    private static final String RATE_LIMITED = "RATE_LIMITED";

    /** The others are callers' everyday mistakes, or told of elsewhere. */
    private static final Set<String> TOLD = Set.of(
            "UNAUTHENTICATED_CALLER",
            "ROLE_REQUIRED",
            "RATE_LIMITED_CALLER",
            "RATE_LIMITED_STRANGER",
            "RATE_LIMITED_SERVER",
            "DEADLINE_PASSED",
            "MALFORMED_REQUEST",
            REQUEST_TOO_LARGE,
            CONNECTION_LIMITED);

    private final Map<String, Tally> tallies = new HashMap<>();

    private static final class Tally {
        private final Counter all;
        private final AtomicLong quietUntil = new AtomicLong(System.nanoTime());
        private final AtomicLong told = new AtomicLong();

        Tally(Counter all) {
            this.all = all;
        }
    }

    public Refusals(MeterRegistry meters) {
        for (ErrorReason reason : ErrorReason.values()) {
            if (reason != ErrorReason.UNRECOGNIZED && reason != ErrorReason.ERROR_REASON_RATE_LIMITED) {
                register(reason.name().substring(PREFIX.length()), meters);
            }
        }
        for (String reason : Set.of(limited("caller"), limited("stranger"), limited("server"), CONNECTION_LIMITED)) {
            register(reason, meters);
        }
    }

    /** Whether a call ended so because it could not be told who made it. */
    static boolean isOfStranger(io.grpc.Status status, Metadata trailers) {
        return switch (status.getCode()) {
            case UNAUTHENTICATED -> true;
            case RESOURCE_EXHAUSTED ->
                reason(StatusProto.fromStatusAndTrailers(status, trailers)).equals(limited("stranger"));
            default -> false;
        };
    }

    /** How many for a reason since the start. */
    public long count(String reason) {
        return (long) tally(reason).all.count();
    }

    /**
     * Counts a call as its caller is told of it. Messages that were too large are left to {@link OversizeTracer}, which hears of
     * those too that no interceptor sees.
     */
    void count(Status refusal, String method) {
        String reason = reason(refusal);
        if (!reason.equals(REQUEST_TOO_LARGE)) {
            note(reason, method);
        }
    }

    /** Counts one; {@code where} is a method's name or nothing a stranger chose. */
    void note(String reason, String where) {
        Tally tally = tally(reason);
        tally.all.increment();
        if (TOLD.contains(reason)) {
            tell(tally, reason, where);
        }
    }

    private static void tell(Tally tally, String reason, String where) {
        long now = System.nanoTime();
        long quietUntil = tally.quietUntil.get();
        if (now - quietUntil >= 0 && tally.quietUntil.compareAndSet(quietUntil, now + QUIET)) {
            String words = reason.toLowerCase(Locale.ROOT).replace('_', ' ');
            long all = (long) tally.all.count();
            log.warn("turned away: {}, {}; {} since last told", words, where, all - tally.told.getAndSet(all));
        }
    }

    private static String reason(Status refusal) {
        for (Any detail : refusal.getDetailsList()) {
            if (detail.is(ErrorInfo.class)) {
                return reason(detail);
            }
        }
        return UNSPECIFIED;
    }

    private static String reason(Any detail) {
        try {
            ErrorInfo info = detail.unpack(ErrorInfo.class);
            return info.getReason().equals(RATE_LIMITED)
                    ? limited(info.getMetadataOrDefault(RateLimit.KEY, "server"))
                    : info.getReason();
        } catch (InvalidProtocolBufferException e) {
            return UNSPECIFIED;
        }
    }

    private static String limited(String by) {
        return RATE_LIMITED + "_" + by.toUpperCase(Locale.ROOT);
    }

    /** One of ours, whatever the text: labels must stay few. */
    private Tally tally(String reason) {
        Tally tally = tallies.get(reason);
        return tally == null ? Objects.requireNonNull(tallies.get(UNSPECIFIED)) : tally;
    }

    private void register(String reason, MeterRegistry meters) {
        Counter counter = Counter.builder("herald.rpc.refusals")
                .description("calls and connections refused")
                .tag("reason", reason)
                .register(meters);
        tallies.put(reason, new Tally(counter));
    }
}
