package dev.herald.server.config;

import org.jspecify.annotations.Nullable;

/** Which Herald this is. */
public final class Version {
    private Version() {}

    /** The jar's version, such as {@code 0.1.0}. */
    public static String text() {
        @Nullable String version = Version.class.getPackage().getImplementationVersion();
        return version == null ? "(not packaged)" : version;
    }
}
