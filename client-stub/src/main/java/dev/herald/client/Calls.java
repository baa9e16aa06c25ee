package dev.herald.client;

import io.grpc.Status;
import io.grpc.StatusException;
import io.grpc.StatusRuntimeException;
import io.grpc.stub.BlockingClientCall;
import java.util.function.Supplier;

/** The one place that turns what gRPC throws into a {@link ServiceCallException}. */
final class Calls {
    private Calls() {}

    /** A step of a stream: it may wait. */
    interface Step<T> {
        T run() throws StatusException, InterruptedException;
    }

    static <T> T unary(Supplier<T> call) {
        try {
            return call.get();
        } catch (StatusRuntimeException e) {
            throw new ServiceCallException(e.getStatus(), e.getTrailers(), e);
        }
    }

    static <T> T stream(Step<T> step) {
        try {
            return step.run();
        } catch (StatusException e) {
            throw new ServiceCallException(e.getStatus(), e.getTrailers(), e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new ServiceCallException(Status.CANCELLED.withDescription("interrupted"), null, e);
        }
    }

    /** The stream's next answer; a server that ends the stream instead counts as gone. */
    static <T> T answer(BlockingClientCall<?, T> call) throws StatusException, InterruptedException {
        T answer = call.read();
        if (answer == null) {
            throw Status.UNAVAILABLE
                    .withDescription("the server ended the stream")
                    .asException();
        }
        return answer;
    }
}
