package dev.herald.server.mail;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;

/**
 * Writes each mail to a file of its own, named like its Message-ID, so that a mail sent twice is there once. Files appear
 * whole.
 */
public final class FileTransport implements MailTransport {
    private final Path folder;

    public FileTransport(Path folder) {
        this.folder = folder;
    }

    @Override
    public MailConnection connect() throws RelayUnavailableException {
        try {
            Files.createDirectories(folder);
        } catch (IOException e) {
            throw new RelayUnavailableException(relay(), RelayReply.none(Faults.describe(e)));
        }
        return new LocalConnection(relay(), this::write);
    }

    @Override
    public String relay() {
        return "file";
    }

    private void write(EmailMessage message, byte[] octets) throws IOException {
        String name = message.messageId().replaceAll("[^a-zA-Z0-9.@_-]", "_");
        Path unfinished = Files.createTempFile(folder, ".", ".part");
        try {
            Files.write(unfinished, octets);
            Files.move(unfinished, folder.resolve(name + ".eml"), StandardCopyOption.REPLACE_EXISTING);
        } finally {
            Files.deleteIfExists(unfinished);
        }
    }
}
