package dev.herald.server.notification;

import dev.herald.server.error.HeraldException;
import dev.herald.v1.ErrorReason;
import dev.herald.v1.ListNotificationsRequest;
import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.Base64;

/**
 * Where the next page begins, bound to the filters of the list (AIP-158): the last id and a check sum over it and them. It
 * guards against mistakes, not against malice: the id alone gives access to nothing.
 */
final class PageToken {
    private static final int CHECK_BYTES = 12;

    private PageToken() {}

    static String write(ListNotificationsRequest request, long lastEmailId) {
        byte[] token = ByteBuffer.allocate(Long.BYTES + CHECK_BYTES)
                .putLong(lastEmailId)
                .put(check(request, lastEmailId))
                .array();
        return Base64.getUrlEncoder().withoutPadding().encodeToString(token);
    }

    /** The id below which the page begins. */
    static long read(ListNotificationsRequest request) {
        byte[] token = decode(request.getPageToken());
        if (token.length != Long.BYTES + CHECK_BYTES) {
            throw invalid();
        }
        long lastEmailId = ByteBuffer.wrap(token).getLong();
        if (!write(request, lastEmailId).equals(request.getPageToken())) {
            throw invalid();
        }
        return lastEmailId;
    }

    private static byte[] decode(String text) {
        try {
            return text.length() > 64 ? new byte[0] : Base64.getUrlDecoder().decode(text);
        } catch (IllegalArgumentException e) {
            return new byte[0];
        }
    }

    private static byte[] check(ListNotificationsRequest request, long lastEmailId) {
        byte[] filters =
                request.toBuilder().clearPageToken().clearPageSize().build().toByteArray();
        try {
            MessageDigest digest = MessageDigest.getInstance("SHA-256");
            digest.update(ByteBuffer.allocate(Long.BYTES).putLong(lastEmailId).flip());
            return Arrays.copyOf(digest.digest(filters), CHECK_BYTES);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java has SHA-256", e);
        }
    }

    private static HeraldException invalid() {
        return HeraldException.of(
                ErrorReason.ERROR_REASON_PAGE_TOKEN_INVALID,
                "page_token was changed, or belongs to a list with other filters; start again at the first page");
    }
}
