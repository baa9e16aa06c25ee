package dev.herald.server.audit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.herald.server.caller.Role;
import dev.herald.v1.AuditEntry;
import dev.herald.v1.ListAuditEntriesRequest;
import dev.herald.v1.ListNotificationsRequest;
import io.grpc.StatusRuntimeException;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Finding entries of the audit. */
class AuditListTest {
    private AuditScene scene;

    @BeforeEach
    void start() {
        scene = AuditScene.start();
    }

    @AfterEach
    void stop() {
        scene.close();
    }

    @Test
    void list_filters_giveWhatMatchesAllOfThem() {
        insert(40);
        List<AuditEntry> entries = scene.all();
        for (int actor = 0; actor < 3; actor++) {
            for (int action = 0; action < 4; action++) {
                AuditEntry middle = entries.get(5 + 7 * actor);
                AuditEntry late = entries.get(actor);
                ListAuditEntriesRequest filter = filter().setActor(actor == 0 ? "" : "actor" + actor)
                        .setAction(action == 0 ? "" : "Action" + action)
                        .setAfter(middle.getAt())
                        .setBefore(late.getAt())
                        .build();
                assertThat(scene.pages(filter, 3))
                        .isNotEmpty()
                        .isEqualTo(entries.stream()
                                .filter(entry -> entry.getActor().contains(filter.getActor()))
                                .filter(entry -> entry.getAction().contains(filter.getAction()))
                                .filter(entry -> !AuditScene.at(entry).isBefore(AuditScene.at(middle))
                                        && AuditScene.at(entry).isBefore(AuditScene.at(late)))
                                .toList());
            }
        }
    }

    @Test
    void list_pageTokenOfOtherFiltersOrAnotherList_isRefused() {
        insert(10);
        String token = scene.herald()
                .system(Role.ADMIN)
                .listAuditEntries(filter().setPageSize(2).build())
                .getNextPageToken();
        assertThatThrownBy(() -> scene.herald()
                        .admin()
                        .notifications()
                        .listPage(ListNotificationsRequest.newBuilder()
                                .setPageToken(token)
                                .build()))
                .hasMessageContaining("page_token");
        StatusRuntimeException refusal = catchThrowableOfType(
                StatusRuntimeException.class,
                () -> scene.herald()
                        .system(Role.ADMIN)
                        .listAuditEntries(
                                filter().setActor("actor1").setPageToken(token).build()));
        assertThat(refusal.getStatus().getDescription()).contains("page_token");
    }

    @Test
    void list_entriesComeMeanwhile_noneStandsTwiceOrIsMissing() {
        insert(60);
        List<Long> before = scene.all().stream().map(AuditEntry::getAuditId).toList();
        AtomicBoolean done = new AtomicBoolean();
        CompletableFuture<Void> others = CompletableFuture.runAsync(() -> {
            while (!done.get()) {
                insert(1);
            }
        });
        Random random = new Random(8);
        for (int round = 0; round < 10; round++) {
            assertThat(scene.pages(filter().build(), 1 + random.nextInt(25)))
                    .extracting(AuditEntry::getAuditId)
                    .doesNotHaveDuplicates()
                    .containsAll(before);
        }
        done.set(true);
        others.join();
    }

    private void insert(int entries) {
        scene.herald()
                .update("INSERT INTO audit_entries (at, actor, action, target)"
                        + " SELECT clock_timestamp(), 'actor' || (1 + n % 2), 'Action' || (1 + n % 3), 't'"
                        + " FROM generate_series(1, " + entries + ") AS n");
    }

    private static ListAuditEntriesRequest.Builder filter() {
        return ListAuditEntriesRequest.newBuilder();
    }
}
