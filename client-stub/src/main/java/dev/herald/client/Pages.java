package dev.herald.client;

import java.util.Collections;
import java.util.Iterator;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.Spliterator;
import java.util.Spliterators;
import java.util.function.Function;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.jspecify.annotations.Nullable;

/**
 * Goes through a list page by page; a page is fetched when the one before is used up.
 *
 * @param <Q> what asks for a page
 * @param <T> what is listed
 */
final class Pages<Q, T> implements Iterator<T> {
    private final Function<Q, Page<Q, T>> fetch;
    private @Nullable Q next;
    private Iterator<T> items = Collections.emptyIterator();

    private Pages(Q first, Function<Q, Page<Q, T>> fetch) {
        this.next = first;
        this.fetch = fetch;
    }

    /** A page, and what asks for the one behind it; null on the last. */
    static final class Page<Q, T> {
        private final List<T> items;
        private final @Nullable Q next;

        Page(List<T> items, @Nullable Q next) {
            this.items = items;
            this.next = next;
        }
    }

    static <Q, T> Stream<T> stream(Q first, Function<Q, Page<Q, T>> fetch) {
        int traits = Spliterator.ORDERED | Spliterator.NONNULL;
        return StreamSupport.stream(Spliterators.spliteratorUnknownSize(new Pages<>(first, fetch), traits), false);
    }

    @Override
    public boolean hasNext() {
        while (!items.hasNext() && next != null) {
            turn(next);
        }
        return items.hasNext();
    }

    @Override
    public T next() {
        if (!hasNext()) {
            throw new NoSuchElementException();
        }
        return items.next();
    }

    private void turn(Q request) {
        Page<Q, T> page = fetch.apply(request);
        items = page.items.iterator();
        next = page.next;
    }
}
