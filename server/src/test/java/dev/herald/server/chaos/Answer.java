package dev.herald.server.chaos;

/**
 * What a {@link ChaosRelay} does at a moment.
 *
 * @param text what to say, without its line end; empty for the usual
 */
record Answer(Deed deed, String text) {
    enum Deed {
        SAY,
        /** Close the connection without a word; behind the dot the mail isn't accepted. */
        DROP,
        /** Behind the dot: accept the mail, and close the connection instead of saying so. */
        ACCEPT_AND_DROP,
        /** Say nothing more until the client goes. */
        HANG,
        /** Say it a byte every 300 ms. */
        DRIBBLE
    }

    static final Answer USUAL = new Answer(Deed.SAY, "");
    static final Answer DROP = new Answer(Deed.DROP, "");
    static final Answer ACCEPT_AND_DROP = new Answer(Deed.ACCEPT_AND_DROP, "");
    static final Answer HANG = new Answer(Deed.HANG, "");
    static final Answer DRIBBLE = new Answer(Deed.DRIBBLE, "");

    static Answer say(String text) {
        return new Answer(Deed.SAY, text);
    }
}
