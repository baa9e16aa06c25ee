package dev.herald.server.system;

import dev.herald.server.error.PlainWords;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.util.List;

/** Whether an address that is to be listened on is free: for a look before the server starts. */
public final class PortCheck implements SystemCheck {
    private static final int ANY = 0;

    private final String name;
    private final String settings;
    private final String host;
    private final int port;

    /**
     * A check.
     *
     * @param settings how the names of the settings begin, such as GRPC
     */
    public PortCheck(String name, String settings, String host, int port) {
        this.name = name;
        this.settings = settings;
        this.host = host;
        this.port = port;
    }

    @Override
    public String name() {
        return name;
    }

    @Override
    public String mend() {
        return "set " + settings + "_PORT to a free port, " + settings
                + "_HOST to an address of this machine, or stop what listens there";
    }

    @Override
    public List<CheckResult> look() {
        try (ServerSocket socket = new ServerSocket(port, 1, InetAddress.getByName(host))) {
            return List.of(CheckResult.ok(
                    name, port == ANY ? "any free one will be taken" : "free: " + socket.getLocalPort()));
        } catch (IOException e) {
            String where = port == ANY ? host : host + ":" + port;
            return List.of(CheckResult.failed(name, "can't listen on " + where + ": " + PlainWords.of(e), mend()));
        }
    }
}
