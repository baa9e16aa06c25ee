package dev.herald.server.testing;

import com.google.protobuf.Any;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.Message;
import com.google.rpc.BadRequest;
import com.google.rpc.ErrorInfo;
import com.google.rpc.RetryInfo;
import io.grpc.CallOptions;
import io.grpc.Channel;
import io.grpc.ClientCall;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.Status;
import io.grpc.protobuf.StatusProto;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

/** A call of any method with any bytes and any headers, without a stub that would keep a test from its mistakes. */
public final class RawCall {
    private static final Metadata.Key<String> AUTHORIZATION =
            Metadata.Key.of("authorization", Metadata.ASCII_STRING_MARSHALLER);

    private RawCall() {}

    /**
     * How a call ended.
     *
     * @param answers the messages that came before
     */
    public record Answer(Status status, Metadata trailers, List<byte[]> answers) {
        public Status.Code code() {
            return status.getCode();
        }

        public Optional<ErrorInfo> errorInfo() {
            return detail(ErrorInfo.class);
        }

        public Optional<BadRequest> badRequest() {
            return detail(BadRequest.class);
        }

        public Optional<RetryInfo> retryInfo() {
            return detail(RetryInfo.class);
        }

        /** The reason of the ErrorInfo; empty without one. */
        public String reason() {
            return errorInfo().map(ErrorInfo::getReason).orElse("");
        }

        private <T extends Message> Optional<T> detail(Class<T> type) {
            com.google.rpc.Status details = StatusProto.fromStatusAndTrailers(status, trailers);
            return details.getDetailsList().stream()
                    .filter(any -> any.is(type))
                    .map(any -> unpack(any, type))
                    .findFirst();
        }

        private static <T extends Message> T unpack(Any any, Class<T> type) {
            try {
                return any.unpack(type);
            } catch (InvalidProtocolBufferException e) {
                throw new UncheckedIOException(e);
            }
        }
    }

    /** Headers with these authorization values. */
    public static Metadata authorization(String... values) {
        Metadata headers = new Metadata();
        for (String value : values) {
            headers.put(AUTHORIZATION, value);
        }
        return headers;
    }

    /** Sends all the messages and waits for the end, at most ten seconds. */
    public static Answer toItsEnd(Channel channel, String method, Metadata headers, List<byte[]> messages) {
        return call(channel, CallOptions.DEFAULT, method, headers, messages, false);
    }

    /** The same, with the messages packed by gzip. */
    public static Answer packed(Channel channel, String method, Metadata headers, List<byte[]> messages) {
        return call(channel, CallOptions.DEFAULT.withCompression("gzip"), method, headers, messages, false);
    }

    /** The same with options of one's own, such as a deadline or an encoding the channel knows. */
    public static Answer with(
            CallOptions options, Channel channel, String method, Metadata headers, List<byte[]> messages) {
        return call(channel, options, method, headers, messages, false);
    }

    /** The same, done when the first message comes: for streams that have no end. */
    public static Answer toItsFirstAnswer(Channel channel, String method, Metadata headers, List<byte[]> messages) {
        return call(channel, CallOptions.DEFAULT, method, headers, messages, true);
    }

    /** Sends all the messages and doesn't wait for the end. */
    public static CompletableFuture<Answer> begin(
            Channel channel, CallOptions options, String method, Metadata headers, List<byte[]> messages) {
        ClientCall<byte[], byte[]> call = channel.newCall(descriptor(method), options);
        Ear ear = new Ear(false);
        call.start(ear, headers);
        call.request(Integer.MAX_VALUE);
        messages.forEach(call::sendMessage);
        call.halfClose();
        return ear.end;
    }

    private static Answer call(
            Channel channel,
            CallOptions options,
            String method,
            Metadata headers,
            List<byte[]> messages,
            boolean untilFirstAnswer) {
        ClientCall<byte[], byte[]> call = channel.newCall(descriptor(method), options);
        Ear ear = new Ear(untilFirstAnswer);
        call.start(ear, headers);
        call.request(Integer.MAX_VALUE);
        messages.forEach(call::sendMessage);
        call.halfClose();
        try {
            return ear.end.get(10, TimeUnit.SECONDS);
        } catch (Exception e) {
            throw new AssertionError(method + " did not end", e);
        } finally {
            call.cancel("the test has seen enough", null);
        }
    }

    /** Of this type a call can do whatever one of any other type can. */
    private static MethodDescriptor<byte[], byte[]> descriptor(String method) {
        return MethodDescriptor.<byte[], byte[]>newBuilder()
                .setType(MethodDescriptor.MethodType.BIDI_STREAMING)
                .setFullMethodName(method)
                .setRequestMarshaller(new Bytes())
                .setResponseMarshaller(new Bytes())
                .build();
    }

    private static final class Ear extends ClientCall.Listener<byte[]> {
        private final CompletableFuture<Answer> end = new CompletableFuture<>();
        private final List<byte[]> answers = new ArrayList<>();
        private final boolean untilFirstAnswer;

        Ear(boolean untilFirstAnswer) {
            this.untilFirstAnswer = untilFirstAnswer;
        }

        @Override
        public void onMessage(byte[] message) {
            answers.add(message);
            if (untilFirstAnswer) {
                end.complete(new Answer(Status.OK, new Metadata(), List.copyOf(answers)));
            }
        }

        @Override
        public void onClose(Status status, Metadata trailers) {
            end.complete(new Answer(status, trailers, List.copyOf(answers)));
        }
    }

    private static final class Bytes implements MethodDescriptor.Marshaller<byte[]> {
        @Override
        public InputStream stream(byte[] value) {
            return new ByteArrayInputStream(value);
        }

        @Override
        public byte[] parse(InputStream stream) {
            try {
                return stream.readAllBytes();
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    }
}
