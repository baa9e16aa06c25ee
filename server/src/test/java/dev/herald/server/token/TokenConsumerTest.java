package dev.herald.server.token;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.herald.server.error.HeraldException;
import dev.herald.v1.ConsumeOutcome;
import dev.herald.v1.TokenReason;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class TokenConsumerTest {
    private final TokenCampus campus = new TokenCampus();

    @AfterEach
    void close() {
        campus.close();
    }

    @Test
    void consume_hundredAtOnce_exactlyOneConsumesNow() throws Exception {
        TokenClaims claims = campus.claims(campus.token(1, 1));
        List<TokenConsumer.Consumption> answers = atOnce(100, i -> campus.consumer.consume(claims, "door-" + i));
        assertThat(answers)
                .filteredOn(answer -> answer.outcome() == ConsumeOutcome.CONSUME_OUTCOME_CONSUMED_NOW)
                .hasSize(1);
        assertThat(answers)
                .filteredOn(answer -> answer.outcome() == ConsumeOutcome.CONSUME_OUTCOME_ALREADY_CONSUMED)
                .hasSize(99);
        Set<?> times = answers.stream().map(TokenConsumer.Consumption::at).collect(Collectors.toSet());
        assertThat(times).hasSize(1);
    }

    @Test
    void consume_sameRequestHundredTimesAtOnce_allGetTheFirstAnswer() throws Exception {
        TokenClaims claims = campus.claims(campus.token(1, 1));
        List<TokenConsumer.Consumption> answers = atOnce(100, i -> campus.consumer.consume(claims, "door"));
        assertThat(answers.stream().distinct()).hasSize(1);
        assertThat(answers.get(0).outcome()).isEqualTo(ConsumeOutcome.CONSUME_OUTCOME_CONSUMED_NOW);
    }

    @Test
    void consume_winnersRequestRepeatedAfterRevocation_getsTheFirstAnswer() {
        TokenClaims claims = campus.claims(campus.token(1, 1));
        TokenConsumer.Consumption first = campus.consumer.consume(claims, "door");
        campus.revoker.revokeSession(1);
        assertThat(campus.consumer.consume(claims, "door")).isEqualTo(first);
        assertThat(campus.consumer.consume(claims, "other").outcome())
                .isEqualTo(ConsumeOutcome.CONSUME_OUTCOME_ALREADY_CONSUMED);
    }

    @Test
    void consume_winnersRequestNamedByAMailAddress_getsTheFirstAnswerAgain() {
        TokenClaims claims = campus.claims(campus.token(1, 1));
        TokenConsumer.Consumption first = campus.consumer.consume(claims, "asha@campus.example");
        assertThat(campus.consumer.consume(claims, "asha@campus.example")).isEqualTo(first);
        assertThat(campus.consumer.consume(claims, "mira@campus.example").outcome())
                .isEqualTo(ConsumeOutcome.CONSUME_OUTCOME_ALREADY_CONSUMED);
    }

    @Test
    void consume_withoutARequestId_isAlreadyConsumedTheSecondTime() {
        TokenClaims claims = campus.claims(campus.token(1, 1));
        assertThat(campus.consumer.consume(claims, "").outcome())
                .isEqualTo(ConsumeOutcome.CONSUME_OUTCOME_CONSUMED_NOW);
        assertThat(campus.consumer.consume(claims, "").outcome())
                .isEqualTo(ConsumeOutcome.CONSUME_OUTCOME_ALREADY_CONSUMED);
    }

    @Test
    void consume_revokedTokens_areInvalidAndStayUnused() {
        String revoked = campus.token(1, 1);
        String ofRevokedSession = campus.token(1, 2);
        String ofNoSession = campus.token(1, 777);
        campus.revoker.revokeTokens(List.of(revoked));
        campus.revoker.revokeSession(2);
        for (String token : List.of(revoked, ofRevokedSession, ofNoSession)) {
            assertThat(campus.consumer.consume(campus.claims(token), "door"))
                    .isEqualTo(TokenConsumer.Consumption.invalid(TokenReason.TOKEN_REASON_REVOKED));
        }
        assertThat(campus.update("DELETE FROM token_states WHERE state = 'consumed'"))
                .isZero();
    }

    @Test
    void consume_requestIdWithNul_isAnInvalidField() {
        TokenClaims claims = campus.claims(campus.token(1, 1));
        assertThatThrownBy(() -> campus.consumer.consume(claims, "a\u0000"))
                .isInstanceOfSatisfying(
                        HeraldException.class,
                        e -> assertThat(e.faults())
                                .singleElement()
                                .satisfies(fault -> assertThat(fault.field()).isEqualTo("request_id")));
    }

    private static <T> List<T> atOnce(int times, java.util.function.IntFunction<T> work) throws Exception {
        ExecutorService threads = Executors.newFixedThreadPool(16);
        CountDownLatch start = new CountDownLatch(1);
        try {
            List<Future<T>> answers = IntStream.range(0, times)
                    .mapToObj(i -> (Callable<T>) () -> {
                        start.await();
                        return work.apply(i);
                    })
                    .map(threads::submit)
                    .toList();
            start.countDown();
            List<T> results = new java.util.ArrayList<>();
            for (Future<T> answer : answers) {
                results.add(answer.get());
            }
            return results;
        } finally {
            threads.shutdownNow();
        }
    }
}
