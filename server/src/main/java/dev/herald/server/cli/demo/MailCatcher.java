package dev.herald.server.cli.demo;

import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.subethamail.smtp.MessageHandler;
import org.subethamail.smtp.RejectException;
import org.subethamail.smtp.server.SMTPServer;

/** A local SMTP server that keeps each mail as an .eml file, and can be told to refuse a mailbox. Thread-safe. */
final class MailCatcher implements AutoCloseable {
    private final Path folder;
    private final Set<String> refused = ConcurrentHashMap.newKeySet();
    private final AtomicInteger caught = new AtomicInteger();
    private final SMTPServer server;

    private MailCatcher(Path folder) throws IOException {
        this.folder = folder;
        this.server = SMTPServer.port(0)
                .bindAddress(InetAddress.getLoopbackAddress())
                .hostName("localhost")
                .softwareName("herald-demo")
                .maxConnections(64)
                .messageHandlerFactory(context -> new Envelope())
                .build();
    }

    static MailCatcher start(Path folder) throws IOException {
        Files.createDirectories(folder);
        MailCatcher catcher = new MailCatcher(folder);
        catcher.server.start();
        return catcher;
    }

    int port() {
        return server.getPortAllocated();
    }

    /** The mailbox doesn't exist, from now on. */
    void refuse(String address) {
        refused.add(address);
    }

    /** The mailbox exists, from now on. */
    void accept(String address) {
        refused.remove(address);
    }

    @Override
    public void close() {
        server.stop();
    }

    private final class Envelope implements MessageHandler {
        @Override
        public void from(String sender) {
            // Any sender is fine.
        }

        @Override
        public void recipient(String recipient) throws RejectException {
            if (refused.contains(recipient)) {
                throw new RejectException(550, "5.1.1 no such mailbox here");
            }
        }

        @Override
        public @Nullable String data(InputStream data) throws IOException {
            Files.write(folder.resolve(String.format("%04d.eml", caught.incrementAndGet())), data.readAllBytes());
            return null;
        }

        @Override
        public void done() {
            // Nothing is held between mails.
        }
    }
}
