package dev.herald.server.rpc;

import io.grpc.MethodDescriptor;
import java.io.InputStream;

/** Hands messages on as the bytes they are. */
final class UnparsedMessages implements MethodDescriptor.Marshaller<InputStream> {
    @Override
    public InputStream stream(InputStream message) {
        return message;
    }

    @Override
    public InputStream parse(InputStream message) {
        return message;
    }
}
