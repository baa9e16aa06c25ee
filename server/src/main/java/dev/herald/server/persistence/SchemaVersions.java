package dev.herald.server.persistence;

/**
 * Where a database's schema stands.
 *
 * @param present the newest migration that ran there; empty for none
 * @param expected the newest that this process knows
 * @param pending how many of those this process knows have not run
 */
public record SchemaVersions(String present, String expected, int pending) {
    /** Whether nothing of ours is there yet. */
    public boolean isEmpty() {
        return present.isEmpty() || present.equals("0");
    }
}
