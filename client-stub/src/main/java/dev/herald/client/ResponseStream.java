package dev.herald.client;

import io.grpc.stub.BlockingClientCall;
import java.util.Iterator;
import java.util.NoSuchElementException;
import org.jspecify.annotations.Nullable;

/**
 * The answers of a streaming call, as they come. {@link #hasNext} waits for the next one and throws {@link
 * ServiceCallException} when the call fails. To stop before the end, close it; otherwise the call stays open. For one thread
 * at a time, except for {@link #close}.
 *
 * @param <T> an answer
 */
public final class ResponseStream<T> implements Iterator<T>, AutoCloseable {
    private final BlockingClientCall<?, T> call;
    private @Nullable T next;
    private boolean ended;

    ResponseStream(BlockingClientCall<?, T> call) {
        this.call = call;
    }

    /** Reads ahead: the call's own hasNext would throw for an error that comes right behind an answer, and lose the answer. */
    @Override
    public boolean hasNext() {
        if (next == null && !ended) {
            next = Calls.stream(call::read);
            ended = next == null;
        }
        return next != null;
    }

    @Override
    public T next() {
        if (!hasNext() || next == null) {
            throw new NoSuchElementException();
        }
        T answer = next;
        next = null;
        return answer;
    }

    /** Cancels the call unless it has ended. */
    @Override
    public void close() {
        call.cancel("closed by the caller", null);
    }
}
