package dev.herald.client;

import dev.herald.v1.TokenServiceGrpc;
import io.grpc.CallOptions;
import io.grpc.Channel;
import io.grpc.ClientCall;
import io.grpc.ClientInterceptor;
import io.grpc.MethodDescriptor;
import io.grpc.MethodDescriptor.MethodType;
import java.time.Duration;
import java.util.concurrent.TimeUnit;

/** Gives each unary call that has no deadline one. Streams last as long as there is something to say. */
final class Deadlines implements ClientInterceptor {
    private final Duration most;
    private final Duration mostForValidation;

    Deadlines(Duration most, Duration mostForValidation) {
        this.most = most;
        this.mostForValidation = mostForValidation;
    }

    @Override
    public <Q, A> ClientCall<Q, A> interceptCall(MethodDescriptor<Q, A> method, CallOptions options, Channel next) {
        return next.newCall(method, needsDeadline(method, options) ? limit(method, options) : options);
    }

    private static boolean needsDeadline(MethodDescriptor<?, ?> method, CallOptions options) {
        return method.getType() == MethodType.UNARY && options.getDeadline() == null;
    }

    private CallOptions limit(MethodDescriptor<?, ?> method, CallOptions options) {
        boolean validation = method.equals(TokenServiceGrpc.getValidateTokenMethod());
        return options.withDeadlineAfter((validation ? mostForValidation : most).toNanos(), TimeUnit.NANOSECONDS);
    }
}
