package dev.herald.server.system;

/**
 * What a check found.
 *
 * @param name what was looked at
 * @param finding how it is; never a secret
 * @param mend how to mend it, naming the setting; empty when it is right
 */
public record CheckResult(String name, Outcome outcome, String finding, String mend) {
    /** How a check ended. */
    public enum Outcome {
        /** As it should be. */
        OK,
        /** It works, and should be mended. */
        WARNING,
        /** It doesn't work. */
        FAILED
    }

    public static CheckResult ok(String name, String finding) {
        return new CheckResult(name, Outcome.OK, finding, "");
    }

    public static CheckResult warning(String name, String finding, String mend) {
        return new CheckResult(name, Outcome.WARNING, finding, mend);
    }

    public static CheckResult failed(String name, String finding, String mend) {
        return new CheckResult(name, Outcome.FAILED, finding, mend);
    }
}
