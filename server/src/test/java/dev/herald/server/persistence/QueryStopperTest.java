package dev.herald.server.persistence;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.reflect.Proxy;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
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
                frozen[i] = CompletableFuture.runAsync(() -> watch(
                        stopper,
                        connection(() -> {
                            hanging.countDown();
                            await(thawed);
                        }),
                        thawed));
            }
            await(hanging);
            watch(stopper, connection(stopped::countDown), stopped);
            assertThat(thawed.getCount()).isOne();
            thawed.countDown();
            CompletableFuture.allOf(frozen).get(30, TimeUnit.SECONDS);
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

    /** One that can be asked for nothing but to cancel its statement. */
    private static Connection connection(Runnable cancel) {
        PGConnection driver = proxy(PGConnection.class, "cancelQuery", () -> {
            cancel.run();
            return null;
        });
        return proxy(Connection.class, "unwrap", () -> driver);
    }

    private static <T> T proxy(Class<T> type, String only, Supplier<Object> answer) {
        return type.cast(Proxy.newProxyInstance(type.getClassLoader(), new Class<?>[] {type}, (self, method, given) -> {
            assertThat(method.getName()).isEqualTo(only);
            return answer.get();
        }));
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
