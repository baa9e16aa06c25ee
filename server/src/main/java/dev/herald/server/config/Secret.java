package dev.herald.server.config;

import java.nio.charset.StandardCharsets;
import java.util.function.Consumer;

/** A value that never prints. Thread-safe. */
public final class Secret {
    /** Nobody but our tests, which look for every secret they had in all that was told. */
    private static volatile Consumer<String> witness = value -> {};

    private volatile String value;

    public Secret(String value) {
        this.value = value;
        witness.accept(value);
    }

    /** Has all values from now on heard, for tests. */
    static void witness(Consumer<String> hears) {
        witness = hears;
    }

    /** Takes another's value, for whoever reveals it from now on: a password that was changed while the server runs. */
    public void renew(Secret other) {
        value = other.value;
    }

    /** The value itself; hand it only to what needs it. */
    public String reveal() {
        return value;
    }

    /** Its UTF-8 bytes as they stand. */
    public byte[] bytes() {
        return value.getBytes(StandardCharsets.UTF_8);
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof Secret secret && secret.value.equals(value);
    }

    @Override
    public int hashCode() {
        return value.hashCode();
    }

    @Override
    public String toString() {
        return "********";
    }
}
