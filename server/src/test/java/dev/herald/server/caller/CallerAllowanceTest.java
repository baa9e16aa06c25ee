package dev.herald.server.caller;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.bucket4j.TimeMeter;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.PriorityQueue;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Calls and streams of one caller, in a time that the test moves. */
class CallerAllowanceTest {
    private static final Duration TEN_SECONDS = Duration.ofSeconds(10);

    private final PriorityQueue<Due> dues = new PriorityQueue<>(Comparator.comparingLong(Due::at));
    private long now;

    private record Due(long at, Runnable work) {}

    /** Wants the next message as soon as it has one. */
    private static final class EndlessStream implements NextMessage {
        private boolean wantsMore = true;
        private long messages;

        @Override
        public boolean isOver() {
            return false;
        }

        @Override
        public void ask() {
            messages++;
            wantsMore = true;
        }
    }

    /** Streams that never end. */
    private static final class Flow {
        private final CallerAllowance allowance;
        private final List<EndlessStream> streams;

        Flow(CallerAllowance allowance, int count) {
            this.allowance = allowance;
            this.streams = Stream.generate(EndlessStream::new).limit(count).toList();
        }

        /** Until all have to wait. */
        void goOn() {
            while (streams.stream().anyMatch(stream -> stream.wantsMore)) {
                for (EndlessStream stream : streams) {
                    if (stream.wantsMore) {
                        stream.wantsMore = false;
                        allowance.ask(stream);
                    }
                }
            }
        }

        long messages() {
            return streams.stream().mapToLong(stream -> stream.messages).sum();
        }
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 20, 1_000})
    void ask_byAStreamThatNeverEnds_goesAtTheRate(long rate) {
        CallerAllowance allowance = allowance(rate);
        Flow flow = new Flow(allowance, 1);
        pass(TEN_SECONDS, flow);
        assertThat(flow.messages()).isBetween(rate * 9, rate * 11 + rate / 10 + 1);
    }

    @Test
    void take_upToHalfTheRateBesidesManyStreams_isNeverRefused() {
        CallerAllowance allowance = allowance(20);
        Flow flow = new Flow(allowance, 50);
        long refused = 0;
        for (int call = 0; call < 100; call++) {
            pass(Duration.ofMillis(100), flow);
            refused += allowance.take().isPresent() ? 1 : 0;
        }
        assertThat(refused).isZero();
        assertThat(flow.messages()).isBetween(90L, 130L);
        assertThat(flow.streams)
                .allSatisfy(stream -> assertThat(stream.messages).isBetween(1L, 4L));
    }

    @Test
    void ask_besidesCallsInALoop_hasHalfTheRateAndNoMore() {
        CallerAllowance allowance = allowance(20);
        Flow flow = new Flow(allowance, 2);
        long served = 0;
        for (int call = 0; call < 10_000; call++) {
            pass(Duration.ofMillis(1), flow);
            served += allowance.take().isPresent() ? 0 : 1;
        }
        assertThat(flow.messages()).isBetween(95L, 115L);
        assertThat(served + flow.messages()).isBetween(195L, 225L);
    }

    @Test
    void ask_manyThatWait_comeInTheirOrderAndThoseThatEndedNotAtAll() {
        CallerAllowance allowance = allowance(1);
        List<String> asked = new ArrayList<>();
        assertThat(allowance.take()).isEmpty();
        assertThat(allowance.ask(named("first", false, asked))).isTrue();
        assertThat(allowance.ask(named("second", false, asked))).isFalse();
        assertThat(allowance.ask(named("ended", true, asked))).isFalse();
        assertThat(allowance.ask(named("third", false, asked))).isFalse();
        pass(Duration.ofMillis(1_900));
        assertThat(asked).containsExactly("first");
        pass(Duration.ofMillis(200));
        assertThat(asked).containsExactly("first", "second", "third");
        pass(TEN_SECONDS);
        assertThat(allowance.isFull()).isTrue();
        assertThat(dues).isEmpty();
    }

    @Test
    void giveBack_whatWasNotUsed_isThereAgainAndNeverMoreThanASecondsWorth() {
        CallerAllowance allowance = allowance(3);
        for (int i = 0; i < 3; i++) {
            assertThat(allowance.take()).isEmpty();
        }
        assertThat(allowance.take())
                .hasValueSatisfying(wait -> assertThat(wait).isBetween(Duration.ofMillis(300), Duration.ofMillis(350)));
        allowance.giveBack(1);
        assertThat(allowance.take()).isEmpty();
        allowance.giveBack(100);
        for (int i = 0; i < 3; i++) {
            assertThat(allowance.take()).isEmpty();
        }
        assertThat(allowance.take()).isPresent();
    }

    private CallerAllowance allowance(long rate) {
        return new CallerAllowance(rate, (work, nanos) -> dues.add(new Due(now + nanos, work)), new TimeMeter() {
            @Override
            public long currentTimeNanos() {
                return now;
            }

            @Override
            public boolean isWallClockBased() {
                return false;
            }
        });
    }

    private void pass(Duration time, Flow... flows) {
        long end = now + time.toNanos();
        while (now < end) {
            for (Flow flow : flows) {
                flow.goOn();
            }
            Due next = dues.peek();
            if (next == null || next.at > end) {
                now = end;
            } else {
                now = Math.max(now, dues.remove().at);
                next.work.run();
            }
        }
    }

    private static NextMessage named(String name, boolean over, List<String> asked) {
        return new NextMessage() {
            @Override
            public boolean isOver() {
                return over;
            }

            @Override
            public void ask() {
                asked.add(name);
            }
        };
    }
}
