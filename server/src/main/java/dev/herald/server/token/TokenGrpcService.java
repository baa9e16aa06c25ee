package dev.herald.server.token;

import dev.herald.server.error.HeraldException;
import dev.herald.server.rpc.UnaryCall;
import dev.herald.server.rpc.WaitingRoom;
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
import dev.herald.v1.ValidateTokenRequest;
import dev.herald.v1.ValidateTokenResponse;
import io.grpc.Context;
import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.StreamObserver;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.Optional;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.Consumer;
import java.util.function.Supplier;

/**
 * The door to tokens. Runs on the network's threads: what takes CPU alone is answered there, whatever waits for the database
 * goes to an executor.
 */
public final class TokenGrpcService extends TokenServiceGrpc.TokenServiceImplBase {
    /** Calls that write; validations wait elsewhere, see {@link StrictChecks}. */
    private static final int MOST_WAITING = 256;

    private final TokenGenerator generator;
    private final TokenValidator validator;
    private final TokenDecoder decoder;
    private final TokenConsumer consumer;
    private final TokenRevoker revoker;
    private final Executor databaseExecutor;
    private final WaitingRoom waiting = new WaitingRoom(MOST_WAITING);
    private final StrictChecks strictChecks;
    private final VerdictMeter verdicts;

    public TokenGrpcService(
            TokenGenerator generator,
            TokenValidator validator,
            TokenDecoder decoder,
            TokenConsumer consumer,
            TokenRevoker revoker,
            Executor databaseExecutor,
            MeterRegistry meters) {
        this.generator = generator;
        this.validator = validator;
        this.decoder = decoder;
        this.consumer = consumer;
        this.revoker = revoker;
        this.databaseExecutor = databaseExecutor;
        this.verdicts = new VerdictMeter(meters);
        this.strictChecks = new StrictChecks(validator::strict, databaseExecutor);
    }

    @Override
    public void generateToken(GenerateTokenRequest request, StreamObserver<GenerateTokenResponse> observer) {
        onDatabase(
                work -> UnaryCall.answer(observer, work),
                () -> TokenMessages.generated(generator.generate(
                        request.getStudentProfileId(),
                        request.getSessionId(),
                        TokenMessages.instant("expires_at", request.getExpiresAt()))));
    }

    @Override
    public void validateToken(ValidateTokenRequest request, StreamObserver<ValidateTokenResponse> observer) {
        validate(request, work -> UnaryCall.answer(observer, work));
    }

    @Override
    public void decodeToken(DecodeTokenRequest request, StreamObserver<DecodeTokenResponse> observer) {
        UnaryCall.answer(observer, () -> TokenMessages.decoded(decoder.decode(request.getToken())));
    }

    @Override
    public void consumeToken(ConsumeTokenRequest request, StreamObserver<ConsumeTokenResponse> observer) {
        TokenVerdict verdict = validator.verify(request.getToken());
        if (verdict instanceof TokenVerdict.Refused refused) {
            UnaryCall.answer(
                    observer, () -> TokenMessages.consumed(TokenConsumer.Consumption.invalid(refused.reason())));
            return;
        }
        TokenClaims claims = ((TokenVerdict.Valid) verdict).claims();
        onDatabase(
                work -> UnaryCall.answer(observer, work),
                () -> TokenMessages.consumed(consumer.consume(claims, request.getRequestId())));
    }

    @Override
    public void revokeTokens(RevokeTokensRequest request, StreamObserver<RevokeTokensResponse> observer) {
        onDatabase(
                work -> UnaryCall.answer(observer, work),
                () -> RevokeTokensResponse.newBuilder()
                        .setRevoked(revoke(request))
                        .build());
    }

    @Override
    public StreamObserver<ValidateTokenRequest> validateTokens(StreamObserver<ValidateTokenResponse> observer) {
        return TokenStream.open((ServerCallStreamObserver<ValidateTokenResponse>) observer, this::validate);
    }

    private void validate(ValidateTokenRequest request, Consumer<Supplier<ValidateTokenResponse>> answer) {
        TokenVerdict verdict = validator.verify(request.getToken());
        if (!(verdict instanceof TokenVerdict.Valid valid)) {
            answer.accept(() -> TokenMessages.validated(verdicts.count(verdict)));
        } else if (request.getFreshness() == Freshness.FRESHNESS_CACHED) {
            validateCached(valid, answer);
        } else {
            validateStrictly(valid, answer);
        }
    }

    private void validateCached(TokenVerdict.Valid valid, Consumer<Supplier<ValidateTokenResponse>> answer) {
        Optional<TokenVerdict> remembered;
        try {
            remembered = validator.cached(valid);
        } catch (HeraldException e) {
            answer.accept(StrictChecks.refusal(e));
            return;
        }
        remembered.ifPresentOrElse(
                verdict -> answer.accept(() -> TokenMessages.validated(verdicts.count(verdict))),
                () -> validateStrictly(valid, answer));
    }

    private void validateStrictly(TokenVerdict.Valid valid, Consumer<Supplier<ValidateTokenResponse>> answer) {
        Context call = Context.current();
        strictChecks.check(
                valid,
                call::isCancelled,
                verdict -> answer.accept(() -> TokenMessages.validated(verdicts.count(verdict.get()))));
    }

    private int revoke(RevokeTokensRequest request) {
        if (request.getSessionId() != 0) {
            return revoker.revokeSession(request.getSessionId());
        }
        return request.getEmailIdsCount() > 0
                ? revoker.revokeNotifications(request.getEmailIdsList())
                : revoker.revokeTokens(request.getTokensList());
    }

    private <T> void onDatabase(Consumer<Supplier<T>> answer, Supplier<T> work) {
        if (!waiting.enter()) {
            answer.accept(StrictChecks.refusal(StrictChecks.tooMany(null)));
            return;
        }
        Context call = Context.current();
        try {
            // The work is the call's own: it asks who calls.
            databaseExecutor.execute(call.wrap(() -> {
                waiting.leave();
                // Who waited in the queue for longer than the caller did must not write any more.
                answer.accept(call.isCancelled() ? StrictChecks.refusal(StrictChecks.deadlinePassed()) : work);
            }));
        } catch (RejectedExecutionException e) {
            waiting.leave();
            answer.accept(StrictChecks.refusal(StrictChecks.tooMany(e)));
        }
    }
}
