package dev.herald.client;

import io.grpc.stub.BlockingClientCall;
import java.util.Iterator;
import java.util.NoSuchElementException;

/**
 * The answers of a streaming call, as they come. {@link #hasNext} waits for the next one and throws {@link
 * ServiceCallException} when the call fails. To stop before the end, close it; otherwise the call stays open. For one thread
 * at a time, except for {@link #close}.
 *
 * @param <T> an answer
 */
public final class ResponseStream<T> implements Iterator<T>, AutoCloseable {
    private final BlockingClientCall<?, T> call;

    ResponseStream(BlockingClientCall<?, T> call) {
        this.call = call;
    }

    @Override
    public boolean hasNext() {
        return Calls.stream(call::hasNext);
    }

    @Override
    public T next() {
        if (!hasNext()) {
            throw new NoSuchElementException();
        }
        return Calls.stream(call::read);
    }

    /** Cancels the call unless it has ended. */
    @Override
    public void close() {
        call.cancel("closed by the caller", null);
    }
}
