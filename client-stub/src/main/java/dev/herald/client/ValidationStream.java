package dev.herald.client;

import dev.herald.v1.Freshness;
import dev.herald.v1.ValidateTokenRequest;
import dev.herald.v1.ValidateTokenResponse;
import io.grpc.stub.BlockingClientCall;

/**
 * Checks one token after another over one open call, for a scanner at a door. After a {@link ServiceCallException} it is used
 * up: open another. It has no deadline. For one thread at a time.
 */
public final class ValidationStream implements AutoCloseable {
    private final BlockingClientCall<ValidateTokenRequest, ValidateTokenResponse> call;

    ValidationStream(BlockingClientCall<ValidateTokenRequest, ValidateTokenResponse> call) {
        this.call = call;
    }

    /** Whether the token may be used now, asking the database. */
    public ValidateTokenResponse validate(String token) {
        return validate(token, Freshness.FRESHNESS_STRICT);
    }

    /** Whether the token may be used now, with the given freshness. */
    public ValidateTokenResponse validate(String token, Freshness freshness) {
        ValidateTokenRequest request = ValidateTokenRequest.newBuilder()
                .setToken(token)
                .setFreshness(freshness)
                .build();
        return Calls.stream(() -> {
            call.write(request);
            return Calls.answer(call);
        });
    }

    /** Ends the call. */
    @Override
    public void close() {
        call.halfClose();
    }
}
