package dev.herald.server.caller;

import java.util.concurrent.atomic.AtomicReferenceArray;
import org.jspecify.annotations.Nullable;

/**
 * What genuine signed tokens were found to say, so that a token shown again costs a look-up instead of a verification. What
 * depends on the time, or on the keys, is the owner's to ask again. Holds a fixed number: each token has one place, and a
 * newcomer takes it over. What strangers can bring is kept in another than what was verified, so that they can't crowd that out.
 * Thread-safe, without locks.
 */
public final class VerifiedTokens<V> {
    /** An HS256 signature in base64url. */
    private static final int SIGNATURE = 43;

    private static final int HASHED = 8;
    private static final int LONGEST = 1_024;

    private final AtomicReferenceArray<@Nullable Entry<V>> places;
    private final int longest;

    /** At most so many, rounded up to a power of two. */
    public VerifiedTokens(int places) {
        this(places, LONGEST);
    }

    /** At most so many, of at most so many characters; longer ones are verified each time, so that the memory is bounded too. */
    VerifiedTokens(int places, int longest) {
        this.longest = longest;
        this.places = new AtomicReferenceArray<>(Integer.highestOneBit(Math.max(1, places - 1)) << 1);
    }

    /** What this very token was found to say; null when it isn't known, which means nothing. */
    public @Nullable V find(String token) {
        if (token.length() <= SIGNATURE || token.length() > longest) {
            return null;
        }
        Entry<V> entry = places.getAcquire(place(token));
        return entry != null && isSame(entry.token, token) ? entry.value : null;
    }

    /** Remembers what a token says that was verified just now. */
    public void keep(String token, V value) {
        if (token.length() > SIGNATURE && token.length() <= longest) {
            places.setRelease(place(token), new Entry<>(token, value));
        }
    }

    /** By some of the signature, which is as good as random. */
    private int place(String token) {
        int hash = 0;
        for (int i = token.length() - SIGNATURE, end = i + HASHED; i < end; i++) {
            hash = 31 * hash + token.charAt(i);
        }
        return (hash ^ hash >>> 16) & (places.length() - 1);
    }

    /** Takes the same time wherever two signatures differ: nobody learns one by trying. */
    private static boolean isSame(String known, String token) {
        int signature = known.length() - SIGNATURE;
        if (token.length() != known.length() || !token.regionMatches(0, known, 0, signature)) {
            return false;
        }
        int difference = 0;
        for (int i = signature; i < known.length(); i++) {
            difference |= known.charAt(i) ^ token.charAt(i);
        }
        return difference == 0;
    }

    private record Entry<V>(String token, V value) {}
}
