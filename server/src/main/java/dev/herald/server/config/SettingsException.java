package dev.herald.server.config;

import java.util.List;

/** Settings are missing or wrong; all of them at once, so that one look mends them. */
public final class SettingsException extends RuntimeException {
    private final transient List<String> faults;

    SettingsException(List<String> faults) {
        super(faults.size() + " setting(s) to mend:\n  " + String.join("\n  ", faults), null, false, false);
        this.faults = List.copyOf(faults);
    }

    /** One line a fault: the setting's name and what would be right. Never a value of a secret. */
    public List<String> faults() {
        return faults;
    }
}
