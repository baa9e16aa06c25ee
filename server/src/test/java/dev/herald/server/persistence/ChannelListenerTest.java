package dev.herald.server.persistence;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.herald.server.testing.TestDatabase;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class ChannelListenerTest {
    private static final String LISTENING =
            " FROM pg_stat_activity WHERE datname = current_database() AND query = 'LISTEN bell'";

    private final Database database = TestDatabase.open();
    private final AtomicInteger heard = new AtomicInteger();
    private final ChannelListener listener = database.listen("bell", heard::incrementAndGet);

    @AfterEach
    void close() {
        listener.close();
        database.close();
    }

    @Test
    void listen_aNotification_isHeard() {
        await().until(() -> heard.get() == 1);
        TestDatabase.number(database.url(), "SELECT count(pg_notify('bell', ''))");
        await().until(() -> heard.get() == 2);
    }

    @Test
    void listen_itsConnectionIsCut_countsAsHeardAndListensOn() {
        await().until(() -> heard.get() == 1);
        long first = TestDatabase.number(database.url(), "SELECT pid" + LISTENING);
        TestDatabase.number(database.url(), "SELECT pg_terminate_backend(" + first + ")::int");
        await().until(() -> heard.get() == 2);
        assertThat(TestDatabase.number(database.url(), "SELECT pid" + LISTENING))
                .isNotEqualTo(first);
        TestDatabase.number(database.url(), "SELECT count(pg_notify('bell', ''))");
        await().until(() -> heard.get() == 3);
    }

    @Test
    void listen_whoeverHearsEndsInAnError_listensOn() {
        AtomicInteger calls = new AtomicInteger();
        try (ChannelListener fragile = database.listen("fragile", () -> {
            if (calls.incrementAndGet() == 1) {
                throw new LinkageError();
            }
        })) {
            await().until(() -> calls.get() == 2);
            TestDatabase.number(database.url(), "SELECT count(pg_notify('fragile', ''))");
            await().until(() -> calls.get() == 3);
            assertThat(fragile).isNotNull();
        }
    }

    @Test
    void close_whileItWaits_leavesNoConnection() {
        await().until(() -> heard.get() == 1);
        listener.close();
        await().until(() -> TestDatabase.number(database.url(), "SELECT count(*)" + LISTENING) == 0);
    }
}
