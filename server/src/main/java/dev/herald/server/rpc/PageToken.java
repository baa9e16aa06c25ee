package dev.herald.server.rpc;

import com.google.protobuf.Descriptors.FieldDescriptor;
import com.google.protobuf.Message;
import dev.herald.server.error.HeraldException;
import dev.herald.v1.ErrorReason;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.Base64;

/**
 * Where the next page begins, bound to the list and its filters (AIP-158): the last id and a check sum over it and them. It
 * guards against mistakes, not against malice: the id alone gives access to nothing.
 */
public final class PageToken {
    private static final int CHECK_BYTES = 12;

    private PageToken() {}

    /** The token of the page behind the one that ends with this id. */
    public static String write(Message request, long lastId) {
        byte[] token = ByteBuffer.allocate(Long.BYTES + CHECK_BYTES)
                .putLong(lastId)
                .put(check(request, lastId))
                .array();
        return Base64.getUrlEncoder().withoutPadding().encodeToString(token);
    }

    /**
     * The id below which the page begins that a request asks for by its field {@code page_token}; the first page begins at the top.
     *
     * @throws HeraldException PAGE_TOKEN_INVALID
     */
    public static long read(Message request) {
        String text = (String) request.getField(field(request, "page_token"));
        if (text.isEmpty()) {
            return Long.MAX_VALUE;
        }
        byte[] token = decode(text);
        if (token.length != Long.BYTES + CHECK_BYTES) {
            throw invalid();
        }
        long lastId = ByteBuffer.wrap(token).getLong();
        if (!write(request, lastId).equals(text)) {
            throw invalid();
        }
        return lastId;
    }

    private static byte[] decode(String text) {
        try {
            return text.length() > 64 ? new byte[0] : Base64.getUrlDecoder().decode(text);
        } catch (IllegalArgumentException e) {
            return new byte[0];
        }
    }

    private static byte[] check(Message request, long lastId) {
        byte[] filters = request.toBuilder()
                .clearField(field(request, "page_token"))
                .clearField(field(request, "page_size"))
                .build()
                .toByteArray();
        try {
            MessageDigest digest = MessageDigest.getInstance("SHA-256");
            digest.update(request.getDescriptorForType().getFullName().getBytes(StandardCharsets.UTF_8));
            digest.update(ByteBuffer.allocate(Long.BYTES).putLong(lastId).flip());
            return Arrays.copyOf(digest.digest(filters), CHECK_BYTES);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java has SHA-256", e);
        }
    }

    private static FieldDescriptor field(Message request, String name) {
        return request.getDescriptorForType().findFieldByName(name);
    }

    private static HeraldException invalid() {
        return HeraldException.of(
                ErrorReason.ERROR_REASON_PAGE_TOKEN_INVALID,
                "page_token was changed, or belongs to a list with other filters; start again at the first page");
    }
}
