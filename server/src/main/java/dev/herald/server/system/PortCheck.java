package dev.herald.server.system;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.util.List;

/** Whether the address that calls are served on is free: for a look before the server starts. */
public final class PortCheck implements SystemCheck {
    private static final String NAME = "port";

    private final String host;
    private final int port;

    public PortCheck(String host, int port) {
        this.host = host;
        this.port = port;
    }

    @Override
    public String name() {
        return NAME;
    }

    @Override
    public String mend() {
        return "set GRPC_PORT to a free port, GRPC_HOST to an address of this machine, or stop what listens there";
    }

    @Override
    public List<CheckResult> look() {
        try (ServerSocket socket = new ServerSocket(port, 1, InetAddress.getByName(host))) {
            return List.of(CheckResult.ok(NAME, "free: " + socket.getLocalPort()));
        } catch (IOException e) {
            return List.of(
                    CheckResult.failed(NAME, "can't listen on " + host + ":" + port + ": " + e.getMessage(), mend()));
        }
    }
}
