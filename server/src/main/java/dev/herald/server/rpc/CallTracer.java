package dev.herald.server.rpc;

import io.github.bucket4j.Bucket;
import io.grpc.ForwardingServerCall.SimpleForwardingServerCall;
import io.grpc.ForwardingServerCallListener.SimpleForwardingServerCallListener;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;
import io.grpc.Status;
import io.grpc.health.v1.HealthGrpc;
import io.opentelemetry.api.OpenTelemetry;
import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.SpanKind;
import io.opentelemetry.api.trace.StatusCode;
import io.opentelemetry.api.trace.Tracer;
import io.opentelemetry.context.Context;
import io.opentelemetry.context.propagation.TextMapGetter;
import io.opentelemetry.context.propagation.TextMapPropagator;
import java.time.Duration;
import java.util.EnumSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * One span a call, in the caller's trace where it sends one, by OpenTelemetry's conventions for RPC. It is the current span while the
 * handler runs. The outermost interceptor, there only when traces are wanted. Health checks have none. Of what anybody may send, calls
 * refused because nobody knows who makes them and methods that nobody serves, only one a second has one, after the first few:
 * strangers must not fill the exporter's queue.
 */
final class CallTracer implements ServerInterceptor {
    /** Those that are the server's fault. */
    private static final Set<Status.Code> ERRORS = EnumSet.of(
            Status.Code.UNKNOWN,
            Status.Code.DEADLINE_EXCEEDED,
            Status.Code.UNIMPLEMENTED,
            Status.Code.INTERNAL,
            Status.Code.UNAVAILABLE,
            Status.Code.DATA_LOSS);

    private static final int FEW = 10;

    private final Tracer tracer;
    private final TextMapPropagator propagator;
    private final Bucket strangers = Bucket.builder()
            .addLimit(limit -> limit.capacity(FEW).refillGreedy(1, Duration.ofSeconds(1)))
            .build();

    CallTracer(OpenTelemetry openTelemetry) {
        this.tracer = openTelemetry.getTracer("dev.herald.server.rpc");
        this.propagator = openTelemetry.getPropagators().getTextMapPropagator();
    }

    @Override
    public <Q, A> ServerCall.Listener<Q> interceptCall(
            ServerCall<Q, A> call, Metadata headers, ServerCallHandler<Q, A> next) {
        MethodDescriptor<Q, A> method = call.getMethodDescriptor();
        if (HealthGrpc.SERVICE_NAME.equals(method.getServiceName())) {
            return next.startCall(call, headers);
        }
        Context parent = propagator.extract(Context.root(), headers, Headers.GETTER);
        Span span = begin(method, parent);
        if (!span.isRecording()) {
            return next.startCall(call, headers);
        }
        Context context = parent.with(span);
        TracedCall<Q, A> traced = new TracedCall<>(call, span);
        return context.wrapSupplier(() -> new TracedListener<>(next.startCall(traced, headers), context, traced))
                .get();
    }

    private static boolean isServed(MethodDescriptor<?, ?> method) {
        return method.getType() != MethodDescriptor.MethodType.UNKNOWN;
    }

    /** A method that nobody serves has a name that a caller chose: it may be anything. */
    private Span begin(MethodDescriptor<?, ?> method, Context parent) {
        boolean known = isServed(method);
        return tracer.spanBuilder(known ? method.getFullMethodName() : "grpc")
                .setSpanKind(SpanKind.SERVER)
                .setParent(parent)
                .setAttribute("rpc.system.name", "grpc")
                .setAttribute("rpc.method", known ? method.getFullMethodName() : CallMeter.OTHER)
                .startSpan();
    }

    private static void end(Span span, Status.Code code) {
        span.setAttribute("rpc.response.status_code", code.name());
        if (ERRORS.contains(code)) {
            span.setAttribute("error.type", code.name());
            span.setStatus(StatusCode.ERROR);
        }
        span.end();
    }

    private final class TracedCall<Q, A> extends SimpleForwardingServerCall<Q, A> {
        private final Span span;
        private volatile boolean closed;

        TracedCall(ServerCall<Q, A> call, Span span) {
            super(call);
            this.span = span;
        }

        @Override
        public void close(Status status, Metadata trailers) {
            closed = true;
            super.close(status, trailers);
            // A span that never ends goes nowhere.
            if (!isAnybodys(status, trailers) || strangers.tryConsume(1)) {
                end(span, status.getCode());
            }
        }

        /** What has an answer already is the answer's to end, even where the caller didn't wait for it. */
        void cancelled() {
            if (!closed) {
                end(span, Status.Code.CANCELLED);
            }
        }

        private boolean isAnybodys(Status status, Metadata trailers) {
            return !isServed(getMethodDescriptor()) || Refusals.isOfStranger(status, trailers);
        }
    }

    private static final class TracedListener<Q> extends SimpleForwardingServerCallListener<Q> {
        private final Context context;
        private final TracedCall<?, ?> call;

        TracedListener(ServerCall.Listener<Q> listener, Context context, TracedCall<?, ?> call) {
            super(listener);
            this.context = context;
            this.call = call;
        }

        @Override
        public void onMessage(Q message) {
            context.wrap(() -> super.onMessage(message)).run();
        }

        @Override
        public void onHalfClose() {
            context.wrap(() -> super.onHalfClose()).run();
        }

        @Override
        public void onReady() {
            context.wrap(() -> super.onReady()).run();
        }

        @Override
        public void onCancel() {
            context.wrap(() -> super.onCancel()).run();
            call.cancelled();
        }
    }

    private enum Headers implements TextMapGetter<Metadata> {
        GETTER;

        @Override
        public @Nullable String get(@Nullable Metadata headers, String name) {
            return headers == null ? null : headers.get(Metadata.Key.of(name, Metadata.ASCII_STRING_MARSHALLER));
        }
    }
}
