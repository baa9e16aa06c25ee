package dev.herald.client;

import com.google.protobuf.Timestamp;
import dev.herald.v1.ConsumeTokenRequest;
import dev.herald.v1.ConsumeTokenResponse;
import dev.herald.v1.DecodeTokenRequest;
import dev.herald.v1.DecodeTokenResponse;
import dev.herald.v1.Freshness;
import dev.herald.v1.GenerateTokenRequest;
import dev.herald.v1.GenerateTokenResponse;
import dev.herald.v1.RevokeTokensRequest;
import dev.herald.v1.RevokeTokensResponse;
import dev.herald.v1.TokenServiceGrpc;
import dev.herald.v1.TokenServiceGrpc.TokenServiceBlockingStub;
import dev.herald.v1.TokenServiceGrpc.TokenServiceBlockingV2Stub;
import dev.herald.v1.ValidateTokenRequest;
import dev.herald.v1.ValidateTokenResponse;
import io.grpc.Channel;
import java.time.Instant;
import java.util.Collection;
import java.util.UUID;

/**
 * TokenService: the links' tokens. Thread-safe. Each method waits for the answer, at most for the client's deadline, and
 * throws {@link ServiceCallException} when there is none. All but {@link #generate} and {@link #validations} are repeated when
 * the server is unavailable.
 */
public final class TokenClient {
    private final TokenServiceBlockingStub stub;
    private final TokenServiceBlockingV2Stub streams;

    TokenClient(Channel channel) {
        stub = TokenServiceGrpc.newBlockingStub(channel);
        streams = TokenServiceGrpc.newBlockingV2Stub(channel);
    }

    /** Makes a token for a student and a session. Whoever holds it can use it: keep it out of logs. */
    public GenerateTokenResponse generate(long studentProfileId, long sessionId, Instant expiresAt) {
        GenerateTokenRequest request = GenerateTokenRequest.newBuilder()
                .setStudentProfileId(studentProfileId)
                .setSessionId(sessionId)
                .setExpiresAt(Timestamp.newBuilder().setSeconds(expiresAt.getEpochSecond()))
                .build();
        return Calls.unary(() -> stub.generateToken(request));
    }

    /** Whether the token may be used now, asking the database. An expired or forged token is an answer, no exception. */
    public ValidateTokenResponse validate(String token) {
        return validate(token, Freshness.FRESHNESS_STRICT);
    }

    /** The same, with FRESHNESS_CACHED from the server's memory, at most a second late. */
    public ValidateTokenResponse validate(String token, Freshness freshness) {
        ValidateTokenRequest request = ValidateTokenRequest.newBuilder()
                .setToken(token)
                .setFreshness(freshness)
                .build();
        return Calls.unary(() -> stub.validateToken(request));
    }

    /** Opens a call that checks one token after another. Close it. */
    public ValidationStream validations() {
        return new ValidationStream(streams.validateTokens());
    }

    /** The claims of a genuine token; otherwise INVALID_TOKEN or EXPIRED_TOKEN. */
    public DecodeTokenResponse decode(String token) {
        DecodeTokenRequest request =
                DecodeTokenRequest.newBuilder().setToken(token).build();
        return Calls.unary(() -> stub.decodeToken(request));
    }

    /** Uses a token up, under a random request id. */
    public ConsumeTokenResponse consume(String token) {
        return consume(token, UUID.randomUUID().toString());
    }

    /** The same under the caller's id: sent again, it gets the first answer again. Empty means a random one. */
    public ConsumeTokenResponse consume(String token, String requestId) {
        if (requestId.isEmpty()) {
            return consume(token);
        }
        ConsumeTokenRequest request = ConsumeTokenRequest.newBuilder()
                .setToken(token)
                .setRequestId(requestId)
                .build();
        return Calls.unary(() -> stub.consumeToken(request));
    }

    /** Revokes every token of a session issued until now. */
    public RevokeTokensResponse revokeSession(long sessionId) {
        return revoke(RevokeTokensRequest.newBuilder().setSessionId(sessionId).build());
    }

    /** Revokes the present tokens of notifications, at most 1,000. */
    public RevokeTokensResponse revokeNotifications(Collection<Long> emailIds) {
        return revoke(RevokeTokensRequest.newBuilder().addAllEmailIds(emailIds).build());
    }

    /** Revokes these tokens, at most 1,000. */
    public RevokeTokensResponse revokeTokens(Collection<String> tokens) {
        return revoke(RevokeTokensRequest.newBuilder().addAllTokens(tokens).build());
    }

    private RevokeTokensResponse revoke(RevokeTokensRequest request) {
        return Calls.unary(() -> stub.revokeTokens(request));
    }
}
