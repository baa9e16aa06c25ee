package dev.herald.client;

import dev.herald.v1.ImportRequest;
import dev.herald.v1.ImportResponse;
import io.grpc.StatusException;
import io.grpc.stub.BlockingClientCall;
import java.util.Iterator;

/** One bulk load: writing waits while the server is behind. */
final class ImportCall {
    private final BlockingClientCall<ImportRequest, ImportResponse> call;

    ImportCall(BlockingClientCall<ImportRequest, ImportResponse> call) {
        this.call = call;
    }

    ImportResponse send(Iterator<ImportRequest> items) {
        boolean answered = false;
        try {
            ImportResponse response = Calls.stream(() -> exchange(items));
            answered = true;
            return response;
        } finally {
            if (!answered) {
                call.cancel("the load was given up", null);
            }
        }
    }

    private ImportResponse exchange(Iterator<ImportRequest> items) throws StatusException, InterruptedException {
        boolean open = true;
        while (open && items.hasNext()) {
            open = call.write(items.next());
        }
        call.halfClose();
        return Calls.answer(call);
    }
}
