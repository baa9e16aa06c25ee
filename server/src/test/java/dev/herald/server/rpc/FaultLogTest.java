package dev.herald.server.rpc;

import static org.assertj.core.api.Assertions.assertThat;

import dev.herald.server.testing.HeardLog;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

class FaultLogTest {
    private final List<Runnable> afterQuiet = new ArrayList<>();
    private final FaultLog faults = new FaultLog(afterQuiet::add);

    @RegisterExtension
    final HeardLog logged = HeardLog.of(FaultLog.class);

    @Test
    void note_manyOfAKind_isOneStackTraceAndThenHowManyMore() {
        Set<String> ids =
                IntStream.range(0, 1_000).mapToObj(i -> faults.note(one(i))).collect(Collectors.toSet());
        assertThat(ids).hasSize(1);
        assertThat(logged.events()).hasSize(1).allMatch(event -> event.getThrowableProxy() != null);
        endQuiet();
        String id = ids.iterator().next();
        assertThat(logged.lines())
                .containsExactly("fault " + id, "fault " + id + ": 999 more of its kind since, left out");
        assertThat(logged.events().get(1).getThrowableProxy()).isNull();
    }

    @Test
    void note_againAfterTheQuiet_hasItsStackTraceAndAnIdOfItsOwn() {
        String first = faults.note(one(1));
        endQuiet();
        String second = faults.note(one(2));
        assertThat(second).isNotEqualTo(first);
        assertThat(logged.lines()).containsExactly("fault " + first, "fault " + second);
    }

    @Test
    void note_otherKinds_eachHaveTheirs() {
        assertThat(Set.of(
                        faults.note(one(1)),
                        faults.note(other()),
                        faults.note(new IllegalArgumentException("of this test")),
                        faults.note(new IllegalArgumentException(one(2)))))
                .hasSize(4);
        assertThat(logged.events()).hasSize(4);
    }

    /** The virtual machine leaves them out of what is thrown very often. */
    @Test
    void note_withoutAnyStackTrace_isTold() {
        RuntimeException bare = one(1);
        bare.setStackTrace(new StackTraceElement[0]);
        faults.note(bare);
        faults.note(bare);
        endQuiet();
        assertThat(logged.events()).hasSize(2);
    }

    private void endQuiet() {
        List<Runnable> due = List.copyOf(afterQuiet);
        afterQuiet.clear();
        due.forEach(Runnable::run);
    }

    private static IllegalStateException one(int i) {
        return new IllegalStateException("of this test, " + i);
    }

    private static IllegalStateException other() {
        return new IllegalStateException("of this test");
    }
}
