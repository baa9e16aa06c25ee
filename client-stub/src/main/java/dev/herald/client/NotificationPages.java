package dev.herald.client;

import dev.herald.v1.ListNotificationsRequest;
import dev.herald.v1.ListNotificationsResponse;
import dev.herald.v1.Notification;
import java.util.Collections;
import java.util.Iterator;
import java.util.NoSuchElementException;
import java.util.Spliterator;
import java.util.Spliterators;
import java.util.function.Function;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.jspecify.annotations.Nullable;

/** Goes through a list page by page; a page is fetched when the one before is used up. */
final class NotificationPages implements Iterator<Notification> {
    private final Function<ListNotificationsRequest, ListNotificationsResponse> fetch;
    private @Nullable ListNotificationsRequest next;
    private Iterator<Notification> page = Collections.emptyIterator();

    private NotificationPages(
            ListNotificationsRequest first, Function<ListNotificationsRequest, ListNotificationsResponse> fetch) {
        this.next = first;
        this.fetch = fetch;
    }

    static Stream<Notification> stream(
            ListNotificationsRequest first, Function<ListNotificationsRequest, ListNotificationsResponse> fetch) {
        int traits = Spliterator.ORDERED | Spliterator.NONNULL;
        return StreamSupport.stream(
                Spliterators.spliteratorUnknownSize(new NotificationPages(first, fetch), traits), false);
    }

    @Override
    public boolean hasNext() {
        while (!page.hasNext() && next != null) {
            turn(next);
        }
        return page.hasNext();
    }

    @Override
    public Notification next() {
        if (!hasNext()) {
            throw new NoSuchElementException();
        }
        return page.next();
    }

    private void turn(ListNotificationsRequest request) {
        ListNotificationsResponse response = fetch.apply(request);
        String token = response.getNextPageToken();
        page = response.getNotificationsList().iterator();
        next = token.isEmpty() ? null : request.toBuilder().setPageToken(token).build();
    }
}
