package dev.herald.server.persistence;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.reflect.Proxy;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import org.junit.jupiter.api.Test;
import org.postgresql.PGConnection;

class QueryStopperTest {
    private static final int CONNECTIONS = 4;

    /** A server that takes connections and says nothing has each hang for its time-out. */
    @Test
    void watching_otherConnectionsCantBeStopped_isStoppedAllTheSame() throws Exception {
        CountDownLatch hanging = new CountDownLatch(CONNECTIONS - 1);
        CountDownLatch thawed = new CountDownLatch(1);
        CountDownLatch stopped = new CountDownLatch(1);
        try (QueryStopper stopper = new QueryStopper(new Over(), CONNECTIONS)) {
            CompletableFuture<?>[] frozen = new CompletableFuture<?>[CONNECTIONS - 1];
            for (int i = 0; i < frozen.length; i++) {
                frozen[i] = CompletableFuture.runAsync(
                        () -> watch(
                                stopper,
                                connection(false, () -> {
                                    hanging.countDown();
                                    await(thawed);
                                }),
                                thawed),
                        work -> new Thread(work).start());
            }
            await(hanging);
            watch(stopper, connection(false, stopped::countDown), stopped);
            assertThat(thawed.getCount()).isOne();
            thawed.countDown();
            CompletableFuture.allOf(frozen).get(30, TimeUnit.SECONDS);
        }
    }

    /** Its thread has other calls to serve, and no later statement of its own could be hit. */
    @Test
    void watching_connectionBreaksWhileItCantBeStopped_waitsNoLonger() throws Exception {
        CountDownLatch hanging = new CountDownLatch(1);
        CountDownLatch thawed = new CountDownLatch(1);
        try (QueryStopper stopper = new QueryStopper(new Over(), CONNECTIONS)) {
            Connection broken = connection(true, () -> {
                hanging.countDown();
                await(thawed);
            });
            watch(stopper, broken, hanging);
            assertThat(thawed.getCount()).isOne();
            thawed.countDown();
        }
    }

    /** Work that goes on until something happens. */
    private static void watch(QueryStopper stopper, Connection connection, CountDownLatch end) {
        try {
            stopper.watching(connection, same -> {
                await(end);
                return true;
            });
        } catch (SQLException e) {
            throw new AssertionError(e);
        }
    }

    private static void await(CountDownLatch latch) {
        try {
            assertThat(latch.await(30, TimeUnit.SECONDS)).isTrue();
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    /** One that can be asked for nothing but to cancel its statement, and whether it is broken. */
    private static Connection connection(boolean broken, Runnable cancel) {
        PGConnection driver = proxy(PGConnection.class, method -> {
            assertThat(method).isEqualTo("cancelQuery");
            cancel.run();
            return null;
        });
        return proxy(Connection.class, method -> {
            assertThat(method).isIn("unwrap", "isClosed");
            return method.equals("unwrap") ? driver : broken;
        });
    }

    private static <T> T proxy(Class<T> type, Function<String, Object> answer) {
        return type.cast(Proxy.newProxyInstance(
                type.getClassLoader(), new Class<?>[] {type}, (self, method, given) -> answer.apply(method.getName())));
    }

    /** Every call is over from the beginning. */
    private static final class Over implements CallEnd {
        @Override
        public boolean isOver() {
            return true;
        }

        @Override
        public Runnable whenOver(Runnable action) {
            action.run();
            return () -> {};
        }
    }
}
