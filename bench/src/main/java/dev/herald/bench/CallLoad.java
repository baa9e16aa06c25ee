package dev.herald.bench;

import dev.herald.v1.TokenServiceGrpc;
import dev.herald.v1.ValidateTokenResponse;
import io.grpc.CallOptions;
import io.grpc.ClientCall;
import io.grpc.Grpc;
import io.grpc.InsecureChannelCredentials;
import io.grpc.ManagedChannel;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.Status;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.atomic.LongAdder;
import org.jspecify.annotations.Nullable;

/**
 * ValidateToken without pause over 4 connections with 16 calls in flight on each. Requests are octets made before, and one
 * answer in a hundred is read, so that the client costs little beside the server it shares the machine with.
 */
final class CallLoad implements AutoCloseable {
    static final int CONNECTIONS = 4;
    static final int IN_FLIGHT = 16;
    private static final int READ_EVERY = 100;
    private static final long END_SECONDS = 5;

    private static final MethodDescriptor<byte[], byte[]> METHOD = TokenServiceGrpc.getValidateTokenMethod().toBuilder(
                    new Octets(), new Octets())
            .build();

    private final List<ManagedChannel> channels = new ArrayList<>();
    private final List<byte[]> requests;
    private final AtomicInteger next = new AtomicInteger();
    private final LongAdder completed = new LongAdder();
    private final AtomicReference<@Nullable String> fault = new AtomicReference<>();
    private volatile boolean open = true;

    private CallLoad(int port, List<byte[]> requests) {
        this.requests = requests;
        for (int i = 0; i < CONNECTIONS; i++) {
            ManagedChannel channel = Grpc.newChannelBuilder("127.0.0.1:" + port, InsecureChannelCredentials.create())
                    .directExecutor()
                    .build();
            channels.add(channel);
            for (int call = 0; call < IN_FLIGHT; call++) {
                call(channel);
            }
        }
    }

    /** Begins. */
    static CallLoad on(int port, List<byte[]> requests) {
        return new CallLoad(port, requests);
    }

    /** How many calls were answered so far; throws when one failed, or said that a token is not valid. */
    long completed() {
        String wrong = fault.get();
        if (wrong != null) {
            throw new IllegalStateException(wrong);
        }
        return completed.sum();
    }

    @Override
    public void close() {
        open = false;
        channels.forEach(ManagedChannel::shutdown);
        channels.forEach(CallLoad::awaitEnd);
    }

    /** Calls under way end by themselves; cut, each would be a complaint in the server's log. */
    private static void awaitEnd(ManagedChannel channel) {
        try {
            channel.awaitTermination(END_SECONDS, TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } finally {
            channel.shutdownNow();
        }
    }

    private void call(ManagedChannel channel) {
        if (!open) {
            return;
        }
        int number = next.getAndIncrement();
        ClientCall<byte[], byte[]> call = channel.newCall(METHOD, CallOptions.DEFAULT);
        call.start(new Answer(channel, number % READ_EVERY == 0), new Metadata());
        call.request(2);
        call.sendMessage(requests.get(Math.floorMod(number, requests.size())));
        call.halfClose();
    }

    private final class Answer extends ClientCall.Listener<byte[]> {
        private final ManagedChannel channel;
        private final boolean read;

        Answer(ManagedChannel channel, boolean read) {
            this.channel = channel;
            this.read = read;
        }

        @Override
        public void onMessage(byte[] message) {
            if (read) {
                check(message);
            }
        }

        @Override
        public void onClose(Status status, Metadata trailers) {
            if (status.isOk()) {
                completed.increment();
                call(channel);
            } else if (open) {
                fault.set(status.toString());
            }
        }

        private void check(byte[] message) {
            try {
                if (!ValidateTokenResponse.parseFrom(message).getValid()) {
                    fault.set("a token was refused");
                }
            } catch (IOException e) {
                fault.set("an answer can't be read");
            }
        }
    }

    /** Messages as they are on the wire. */
    private static final class Octets implements MethodDescriptor.Marshaller<byte[]> {
        @Override
        public InputStream stream(byte[] octets) {
            return new ByteArrayInputStream(octets);
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
