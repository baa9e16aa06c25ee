package dev.herald.server.config;

/**
 * A mistake in the settings.
 *
 * @param setting its name
 * @param whatWouldBeRight to be read behind the name; never a value of a secret
 */
public record SettingFault(String setting, Kind kind, String whatWouldBeRight) {
    /** What is the matter with a setting; the words go behind its name. */
    public enum Kind {
        MISSING("is missing"),
        WRONG("is wrong"),
        UNKNOWN("is no setting"),
        /** No mistake: it works so. */
        DOUBTFUL("should be mended");

        private final String words;

        Kind(String words) {
            this.words = words;
        }
    }

    /** The mistake in short: which setting, and what is the matter with it. */
    public String finding() {
        return setting + " " + kind.words;
    }

    /** As {@code NAME: what would be right}. */
    @Override
    public String toString() {
        return setting + ": " + whatWouldBeRight;
    }
}
