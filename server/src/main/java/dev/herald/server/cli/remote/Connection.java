package dev.herald.server.cli.remote;

import dev.herald.client.HeraldClient;
import java.time.Duration;

/**
 * A connection to a server, and what there is to say about it when a call fails.
 *
 * @param target the server, as host:port
 * @param encrypted whether by TLS
 * @param credential what shows who calls
 * @param timeout how long a call may take
 */
record Connection(HeraldClient client, String target, boolean encrypted, Credential credential, Duration timeout)
        implements AutoCloseable {
    @Override
    public void close() {
        client.close();
    }
}
