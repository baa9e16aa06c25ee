package dev.herald.server.request;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.Int64Value;
import com.google.protobuf.StringValue;
import dev.herald.server.error.HeraldException;
import dev.herald.server.persistence.Database;
import dev.herald.server.testing.Rows;
import dev.herald.server.testing.TestDatabase;
import dev.herald.v1.ErrorReason;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class RequestLedgerTest {
    private final Database database = TestDatabase.open(RequestResult.class);
    private final RequestLedger ledger = new RequestLedger();
    private final AtomicInteger works = new AtomicInteger();

    @AfterEach
    void close() {
        database.close();
    }

    @Test
    void once_sameIdAndPayload_getsTheFirstAnswerAgain() {
        assertThat(call("Do", "id-1", "payload")).isEqualTo(1);
        assertThat(call("Do", "id-1", "payload")).isEqualTo(1);
        assertThat(works).hasValue(1);
    }

    @Test
    void once_noId_worksEachTime() {
        assertThat(call("Do", "", "payload")).isEqualTo(1);
        assertThat(call("Do", "", "payload")).isEqualTo(2);
        assertThat(rows()).isZero();
    }

    @Test
    void once_sameIdForAnotherMethod_isAnotherCall() {
        assertThat(call("Do", "id-1", "payload")).isEqualTo(1);
        assertThat(call("Undo", "id-1", "payload")).isEqualTo(2);
    }

    @Test
    void once_sameIdWithAnotherPayload_isRefused() {
        call("Do", "id-1", "payload");
        assertThatThrownBy(() -> call("Do", "id-1", "another")).isInstanceOfSatisfying(HeraldException.class, e -> {
            assertThat(e.reason()).isEqualTo(ErrorReason.ERROR_REASON_REQUEST_ID_REUSED);
            assertThat(e.metadata()).containsEntry("request_id", "id-1");
        });
        assertThat(call("Do", "id-1", "payload")).isEqualTo(1);
    }

    @Test
    void once_idThatIsAMailAddress_isKeptAsAPseudonymAndFoundAgain() {
        assertThat(call("Do", "asha@campus.example", "payload")).isEqualTo(1);
        assertThat(call("Do", "asha@campus.example", "payload")).isEqualTo(1);
        assertThat(call("Do", "mira@campus.example", "payload")).isEqualTo(2);
        assertThat(Rows.texts(database.url(), "SELECT request_id FROM request_results"))
                .hasSize(2)
                .allMatch(id -> id.matches("sha256:[0-9a-f]{16}"));
        assertThatThrownBy(() -> call("Do", "asha@campus.example", "another"))
                .isInstanceOfSatisfying(
                        HeraldException.class,
                        e -> assertThat(e.toString() + e.metadata()).doesNotContain("campus.example"));
    }

    @Test
    void once_workThrows_leavesNothing() {
        assertThatThrownBy(() -> database.transactions()
                        .write(session -> ledger.once(
                                session, "Do", "id-1", StringValue.of("payload"), Int64Value.parser(), () -> {
                                    throw new IllegalStateException("refused");
                                })))
                .hasMessage("refused");
        assertThat(rows()).isZero();
        assertThat(call("Do", "id-1", "another")).isEqualTo(1);
    }

    @Test
    void once_aDayLater_isANewCall() {
        call("Do", "id-1", "payload");
        age("23 hours 59 minutes");
        assertThat(call("Do", "id-1", "payload")).isEqualTo(1);
        age("24 hours 1 second");
        assertThat(call("Do", "id-1", "another")).isEqualTo(2);
        assertThat(call("Do", "id-1", "another")).isEqualTo(2);
    }

    @Test
    void once_eightAtOnce_workOnce() throws Exception {
        ExecutorService threads = Executors.newFixedThreadPool(8);
        try {
            Callable<Long> one = () -> call("Do", "id-1", "payload");
            for (Future<Long> answer : threads.invokeAll(List.of(one, one, one, one, one, one, one, one))) {
                assertThat(answer.get()).isEqualTo(1);
            }
        } finally {
            threads.shutdownNow();
        }
        assertThat(works).hasValue(1);
    }

    @Test
    void purge_answersOfAllAges_forgetsThoseOlderThanADay() {
        call("Do", "old", "payload");
        age("24 hours 1 second");
        call("Do", "young", "payload");
        assertThat(database.transactions().<Integer>writeSql(ledger::purge)).isEqualTo(1);
        assertThat(rows()).isEqualTo(1);
    }

    @Test
    void requestResult_persisted_isReadBack() {
        RequestResult written = new RequestResult();
        written.key = new RequestResult.Key("Do", "id-1");
        written.payloadHash = new byte[] {1, -2, 3};
        written.response = new byte[] {4};
        written.createdAt = Instant.parse("2025-10-25T02:30:00.123456Z");
        database.transactions().write(session -> session.insert(written));
        RequestResult read = database.transactions().write(session -> session.get(RequestResult.class, written.key));
        assertThat(read).usingRecursiveComparison().isEqualTo(written);
    }

    /** A call whose answer is how many calls did their work until then. */
    private long call(String method, String requestId, String payload) {
        return database.transactions()
                .write(session -> ledger.once(
                        session,
                        method,
                        requestId,
                        StringValue.of(payload),
                        Int64Value.parser(),
                        () -> Int64Value.of(works.incrementAndGet())))
                .getValue();
    }

    private long rows() {
        return database.transactions()
                .write(session -> session.createSelectionQuery("select count(*) from RequestResult", Long.class)
                        .getSingleResult());
    }

    private void age(String age) {
        TestDatabase.update(database.url(), "UPDATE request_results SET created_at = now() - interval '" + age + "'");
    }
}
