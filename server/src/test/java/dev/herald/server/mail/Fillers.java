package dev.herald.server.mail;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.util.ArrayList;
import java.util.List;

/** Connections that fill a listener's queue until it answers no more. */
final class Fillers implements AutoCloseable {
    private final List<Socket> sockets = new ArrayList<>();

    Fillers(int port) throws IOException {
        boolean full = false;
        while (!full && sockets.size() < 100) {
            Socket socket = new Socket();
            sockets.add(socket);
            try {
                socket.connect(new InetSocketAddress("127.0.0.1", port), 200);
            } catch (IOException e) {
                full = true;
            }
        }
    }

    @Override
    public void close() throws IOException {
        for (Socket socket : sockets) {
            socket.close();
        }
    }
}
