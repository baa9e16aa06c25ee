package dev.herald.server.mail;

import java.io.Writer;

/** Keeps what is written, as StringWriter does, but without a lock at each piece. Not thread-safe. */
final class TextWriter extends Writer {
    private final StringBuilder text;

    TextWriter(int expectedLength) {
        text = new StringBuilder(expectedLength);
    }

    @Override
    public void write(int c) {
        text.append((char) c);
    }

    @Override
    public void write(char[] source, int offset, int length) {
        text.append(source, offset, length);
    }

    @Override
    public void write(String source) {
        text.append(source);
    }

    @Override
    public void write(String source, int offset, int length) {
        text.append(source, offset, offset + length);
    }

    @Override
    public void flush() {
        // Everything is there already.
    }

    @Override
    public void close() {
        // Nothing is open.
    }

    @Override
    public String toString() {
        return text.toString();
    }
}
