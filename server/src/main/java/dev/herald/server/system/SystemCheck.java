package dev.herald.server.system;

import java.util.List;

/** A look at something Herald needs. It changes nothing, and may be made from any thread. */
public interface SystemCheck {
    /** What is looked at, such as {@code clock}. */
    String name();

    /** How to mend it when the look doesn't end in time, naming the setting. */
    String mend();

    /**
     * Looks. What is wrong is a result; an exception is one too, with its message as finding.
     *
     * @return at least one result
     */
    List<CheckResult> look() throws Exception;
}
