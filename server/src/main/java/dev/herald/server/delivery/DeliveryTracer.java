package dev.herald.server.delivery;

import dev.herald.server.delivery.DeliveryResult.Failed;
import dev.herald.server.delivery.DeliveryResult.Postponed;
import dev.herald.server.delivery.DeliveryResult.Sent;
import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.SpanBuilder;
import io.opentelemetry.api.trace.SpanKind;
import io.opentelemetry.api.trace.StatusCode;
import io.opentelemetry.api.trace.Tracer;
import io.opentelemetry.context.Context;
import java.util.function.Supplier;

/**
 * Carries the trace of a mail's call on: a span for its wait in the queue, and below it one for the attempt. Each attempt of a mail
 * has both, in the same trace; a retry by hand goes on in the trace of the call that asked for it. Spans name the mail by its id.
 */
final class DeliveryTracer {
    private final Tracer tracer;

    DeliveryTracer(Tracer tracer) {
        this.tracer = tracer;
    }

    /** Runs an attempt within its span. A mail that isn't traced costs nothing. */
    DeliveryResult follow(Claim claim, Supplier<DeliveryResult> attempt) {
        QueueTrace trace = claim.trace();
        if (trace == null) {
            return attempt.get();
        }
        Context waited = waited(claim, trace);
        Span span = about(claim, "deliver", waited).setSpanKind(SpanKind.CLIENT).startSpan();
        try {
            DeliveryResult result = waited.with(span).wrapSupplier(attempt).get();
            describe(span, result);
            return result;
        } finally {
            span.end();
        }
    }

    private Context waited(Claim claim, QueueTrace trace) {
        Context parent = trace.context();
        Span wait =
                about(claim, "outbox", parent).setStartTimestamp(trace.dueAt()).startSpan();
        wait.end();
        return parent.with(wait);
    }

    private SpanBuilder about(Claim claim, String what, Context parent) {
        return tracer.spanBuilder(what + " " + claim.kind())
                .setParent(parent)
                .setAttribute("herald.mail.kind", claim.kind())
                .setAttribute("herald.email_id", claim.refId())
                .setAttribute("herald.attempt", claim.attempts() + 1L);
    }

    private static void describe(Span span, DeliveryResult result) {
        span.setAttribute("herald.delivery.result", word(result));
        result.madeAttempt().ifPresent(attempt -> {
            span.setAttribute("herald.relay", attempt.relay());
            span.setAttribute("herald.smtp.code", attempt.smtpCode());
            span.setAttribute("herald.smtp.enhanced_code", attempt.enhancedCode());
            span.setAttribute("herald.attempt.outcome", attempt.outcome().word());
        });
        if (result instanceof Failed failed) {
            span.setAttribute("error.type", failed.reason().word());
            span.setStatus(StatusCode.ERROR);
        } else if (result instanceof Postponed) {
            span.setStatus(StatusCode.ERROR);
        }
    }

    /** What becomes of the mail, in a word. */
    static String word(DeliveryResult result) {
        if (result instanceof Sent) {
            return "sent";
        } else if (result instanceof Failed) {
            return "failed";
        } else if (result instanceof Postponed) {
            return "postponed";
        } else if (result instanceof DeliveryResult.Dropped) {
            return "dropped";
        }
        return "given_back";
    }
}
