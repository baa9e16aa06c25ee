package dev.herald.server.mail;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/** A row of octets that grows, kept from mail to mail so that none is allocated for each. Not thread-safe. */
final class Octets {
    private static final int USUAL = 8_192;
    /** What one huge mail needed isn't kept for the small ones behind it. */
    private static final int LARGEST_KEPT = 262_144;

    private byte[] octets = {};
    private int size;

    int size() {
        return size;
    }

    void clear() {
        size = 0;
        if (octets.length > LARGEST_KEPT) {
            octets = new byte[USUAL];
        }
    }

    /** Forgets everything behind that place. */
    void cutTo(int newSize) {
        size = newSize;
    }

    Octets add(int octet) {
        if (size == octets.length) {
            reserve(1);
        }
        octets[size++] = (byte) octet;
        return this;
    }

    Octets add(byte[] source) {
        return add(source, 0, source.length);
    }

    Octets add(byte[] source, int start, int end) {
        reserve(end - start);
        System.arraycopy(source, start, octets, size, end - start);
        size += end - start;
        return this;
    }

    /** Adds the text as UTF-8. */
    Octets add(String text) {
        int length = text.length();
        reserve(length);
        for (int i = 0; i < length; i++) {
            char c = text.charAt(i);
            if (c >= 0x80) {
                return add(text.substring(i).getBytes(StandardCharsets.UTF_8));
            }
            octets[size++] = (byte) c;
        }
        return this;
    }

    Octets lineEnd() {
        return add('\r').add('\n');
    }

    private void reserve(int more) {
        if (octets.length - size < more) {
            octets = Arrays.copyOf(octets, Math.max(Math.max(USUAL, octets.length * 2), size + more));
        }
    }

    void writeTo(OutputStream out, int start, int end) throws IOException {
        out.write(octets, start, end - start);
    }

    byte[] copy() {
        return Arrays.copyOf(octets, size);
    }

    @Override
    public String toString() {
        return new String(octets, 0, size, StandardCharsets.UTF_8);
    }
}
