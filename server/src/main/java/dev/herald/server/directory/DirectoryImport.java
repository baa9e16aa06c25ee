package dev.herald.server.directory;

import dev.herald.server.error.FieldFault;
import dev.herald.server.error.HeraldException;
import dev.herald.v1.ImportRequest;
import dev.herald.v1.ImportRequest.ItemCase;
import dev.herald.v1.ImportResponse;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Function;
import java.util.function.IntFunction;

/**
 * A bulk load: takes items in the order sent and writes them in batches of one kind. A batch also ends before an id that it
 * holds already, so that of two items with one id the later wins wherever batches end. Faults name items by their place in
 * the stream, such as {@code items[1234].user.email}. Holds one batch in memory; not thread-safe.
 */
final class DirectoryImport {
    /** As the audit names each batch. */
    private static final String ACTION = "Import";

    private static final int MAX_ITEMS = 1_000;
    /** Unknown fields count too, so that padded items can't fill the memory. */
    private static final int MAX_BYTES = 1 << 20;

    private final DirectoryWriter writer;
    private final List<ImportRequest> batch = new ArrayList<>();
    private final Set<Long> ids = new HashSet<>();
    private int bytes;
    private long written;
    private long inserted;
    private long updated;

    DirectoryImport(DirectoryWriter writer) {
        this.writer = writer;
    }

    /** Takes the next item, and writes those before it when they make a batch. */
    void take(ImportRequest item) {
        long id = id(item);
        if (endsBatch(item, id)) {
            writeBatch();
        }
        batch.add(item);
        ids.add(id);
        bytes += item.getSerializedSize();
    }

    /** Writes what is left; how much was written in all. */
    ImportResponse finish() {
        writeBatch();
        return ImportResponse.newBuilder()
                .setInserted(inserted)
                .setUpdated(updated)
                .build();
    }

    private boolean endsBatch(ImportRequest item, long id) {
        return !batch.isEmpty()
                && (batch.size() == MAX_ITEMS
                        || bytes + item.getSerializedSize() > MAX_BYTES
                        || item.getItemCase() != batch.get(0).getItemCase()
                        || ids.contains(id));
    }

    private void writeBatch() {
        if (batch.isEmpty()) {
            return;
        }
        UpsertCount count = upsert(batch.get(0).getItemCase());
        inserted += count.inserted();
        updated += count.updated();
        written += batch.size();
        batch.clear();
        ids.clear();
        bytes = 0;
    }

    private UpsertCount upsert(ItemCase kind) {
        return switch (kind) {
            case COURSE -> writer.upsertCourses(ACTION, items(ImportRequest::getCourse), path("course"));
            case USER -> writer.upsertUsers(ACTION, items(ImportRequest::getUser), path("user"));
            case STUDENT -> writer.upsertStudents(ACTION, items(ImportRequest::getStudent), path("student"));
            case SESSION -> writer.upsertSessions(ACTION, items(ImportRequest::getSession), path("session"));
            case ITEM_NOT_SET -> throw new IllegalStateException("an item of no kind was taken");
        };
    }

    private <T> List<T> items(Function<ImportRequest, T> item) {
        return batch.stream().map(item).toList();
    }

    private IntFunction<String> path(String kind) {
        long first = written;
        return i -> "items[" + (first + i) + "]." + kind;
    }

    private long id(ImportRequest item) {
        return switch (item.getItemCase()) {
            case COURSE -> item.getCourse().getCourseId();
            case USER -> item.getUser().getUserId();
            case STUDENT -> item.getStudent().getStudentProfileId();
            case SESSION -> item.getSession().getSessionId();
            case ITEM_NOT_SET ->
                throw HeraldException.invalidFields(List.of(new FieldFault(
                        "items[" + (written + batch.size()) + "]",
                        "REQUIRED",
                        "must be a course, user, student or session")));
        };
    }
}
