package dev.herald.server.rpc;

import dev.herald.server.error.HeraldException;
import dev.herald.v1.ErrorReason;
import io.grpc.HandlerRegistry;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.ServerCall;
import io.grpc.ServerMethodDefinition;
import io.grpc.StatusRuntimeException;
import java.io.ByteArrayInputStream;
import java.io.InputStream;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Answers methods nobody serves, so that UNIMPLEMENTED carries an ErrorInfo like every other error. */
final class UnknownMethods extends HandlerRegistry {
    private final Refusals refusals;

    UnknownMethods(Refusals refusals) {
        this.refusals = refusals;
    }

    @Override
    public ServerMethodDefinition<?, ?> lookupMethod(String methodName, @Nullable String authority) {
        MethodDescriptor<byte[], byte[]> method = MethodDescriptor.<byte[], byte[]>newBuilder()
                .setType(MethodDescriptor.MethodType.UNKNOWN)
                .setFullMethodName(methodName)
                .setRequestMarshaller(new Ignored())
                .setResponseMarshaller(new Ignored())
                .build();
        return ServerMethodDefinition.create(method, (call, headers) -> refuse(call, methodName));
    }

    private ServerCall.Listener<byte[]> refuse(ServerCall<byte[], byte[]> call, String methodName) {
        StatusRuntimeException status = Statuses.of(HeraldException.of(
                ErrorReason.ERROR_REASON_METHOD_NOT_FOUND,
                "this server has no such method; compare the versions of client and server",
                Map.of("method", methodName)));
        refusals.note("METHOD_NOT_FOUND", CallMeter.OTHER);
        Metadata trailers = status.getTrailers();
        call.close(status.getStatus(), trailers == null ? new Metadata() : trailers);
        return new ServerCall.Listener<>() {};
    }

    private static final class Ignored implements MethodDescriptor.Marshaller<byte[]> {
        @Override
        public InputStream stream(byte[] value) {
            return new ByteArrayInputStream(value);
        }

        @Override
        public byte[] parse(InputStream stream) {
            return new byte[0];
        }
    }
}
