package dev.herald.server.caller;

/** A stream that wants another message. */
public interface NextMessage {
    /** Whether the stream has ended, so that it wants none any more. */
    boolean isOver();

    /** Asks for it; doesn't block. */
    void ask();
}
