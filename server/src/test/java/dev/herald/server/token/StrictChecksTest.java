package dev.herald.server.token;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.herald.server.error.HeraldException;
import dev.herald.v1.ErrorReason;
import dev.herald.v1.TokenReason;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;

class StrictChecksTest {
    private final Queue<Runnable> started = new ArrayDeque<>();
    private final List<Integer> statements = new ArrayList<>();
    private final List<Supplier<TokenVerdict>> answers = new ArrayList<>();
    private boolean down;
    private final StrictChecks checks = new StrictChecks(this::ask, started::add);

    @Test
    void check_alone_isAskedAtOnce() {
        check(1);
        runNext();
        assertThat(statements).containsExactly(1);
        assertThat(answers.get(0).get()).isEqualTo(token(1));
    }

    @Test
    void check_manyWaiting_goTogetherAndEachGetsItsOwnVerdict() {
        for (int i = 0; i < 300; i++) {
            check(i);
        }
        assertThat(started).hasSize(2);
        runAll();
        assertThat(statements).containsExactly(128, 128, 44);
        assertThat(answers).hasSize(300);
        for (int i = 0; i < 300; i++) {
            TokenVerdict expected = i % 3 == 0
                    ? TokenVerdict.Refused.genuine(TokenReason.TOKEN_REASON_REVOKED, token(i).claims())
                    : token(i);
            assertThat(answers.get(i).get()).isEqualTo(expected);
        }
    }

    @Test
    void check_arrivingWhileAnotherIsAsked_getsAStatementThatBeginsLater() {
        check(1);
        check(2);
        runNext();
        check(4);
        runAll();
        assertThat(statements).containsExactly(2, 1);
    }

    @Test
    void check_callerGoneWhileWaiting_isNotAsked() {
        AtomicBoolean gone = new AtomicBoolean();
        checks.check(token(1), gone::get, answers::add);
        check(2);
        gone.set(true);
        runAll();
        assertThat(statements).containsExactly(1);
        assertRefused(answers.get(0), ErrorReason.ERROR_REASON_DEADLINE_PASSED);
        assertThat(answers.get(1).get()).isEqualTo(token(2));
    }

    @Test
    void check_databaseDown_failsAllThatWaitedAndTheNextIsAskedAgain() {
        down = true;
        check(1);
        check(2);
        runAll();
        assertThat(answers)
                .hasSize(2)
                .allSatisfy(answer -> assertRefused(answer, ErrorReason.ERROR_REASON_DATABASE_UNAVAILABLE));
        down = false;
        check(4);
        runAll();
        assertThat(answers.get(2).get()).isEqualTo(token(4));
    }

    @Test
    void check_askingEndsInAnError_leavesNobodyWaiting() {
        StrictChecks broken = new StrictChecks(
                tokens -> {
                    throw new LinkageError();
                },
                started::add);
        broken.check(token(1), () -> false, answers::add);
        broken.check(token(2), () -> false, answers::add);
        runAll();
        assertThat(answers)
                .hasSize(2)
                .allSatisfy(answer -> assertThatThrownBy(answer::get).hasRootCauseInstanceOf(LinkageError.class));
    }

    @Test
    void check_tooManyWaiting_isRefusedAndTheOthersAreAnswered() {
        for (int i = 0; i < StrictChecks.MOST_WAITING; i++) {
            check(1);
        }
        check(2);
        assertThat(answers).hasSize(1);
        assertRefused(answers.get(0), ErrorReason.ERROR_REASON_RATE_LIMITED);
        runAll();
        assertThat(answers).hasSize(StrictChecks.MOST_WAITING + 1);
        assertThat(answers.get(answers.size() - 1).get()).isEqualTo(token(1));
    }

    @Test
    void check_anAnswerCannotBeGiven_theOthersAreAnsweredAllTheSame() {
        checks.check(token(1), () -> false, answer -> {
            throw new IllegalStateException("call already cancelled");
        });
        check(2);
        runAll();
        assertThat(answers.get(0).get()).isEqualTo(token(2));
    }

    @Test
    void check_executorRefuses_isRefusedAndLeavesNothingWaiting() {
        StrictChecks closed = new StrictChecks(this::ask, work -> {
            throw new RejectedExecutionException();
        });
        closed.check(token(1), () -> false, answers::add);
        closed.check(token(2), () -> false, answers::add);
        assertThat(answers)
                .hasSize(2)
                .allSatisfy(answer -> assertRefused(answer, ErrorReason.ERROR_REASON_RATE_LIMITED));
    }

    private void check(long student) {
        checks.check(token(student), () -> false, answers::add);
    }

    private void runNext() {
        started.remove().run();
    }

    private void runAll() {
        while (!started.isEmpty()) {
            runNext();
        }
    }

    /** Revokes each third student's token. */
    private List<TokenVerdict> ask(List<TokenVerdict.Valid> tokens) {
        statements.add(tokens.size());
        if (down) {
            throw HeraldException.of(ErrorReason.ERROR_REASON_DATABASE_UNAVAILABLE, "down");
        }
        List<TokenVerdict> verdicts = new ArrayList<>();
        for (TokenVerdict.Valid token : tokens) {
            verdicts.add(
                    token.claims().sessionId() % 3 == 0
                            ? TokenVerdict.Refused.genuine(TokenReason.TOKEN_REASON_REVOKED, token.claims())
                            : token);
        }
        return verdicts;
    }

    private static TokenVerdict.Valid token(long number) {
        return new TokenVerdict.Valid(new TokenClaims("id-" + number, number + 1, number, 1_000, 9_000));
    }

    private static void assertRefused(Supplier<TokenVerdict> answer, ErrorReason reason) {
        assertThatThrownBy(answer::get)
                .isInstanceOfSatisfying(
                        HeraldException.class, e -> assertThat(e.reason()).isEqualTo(reason));
    }
}
