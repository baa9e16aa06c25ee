package dev.herald.server.persistence;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/** Holds a folder for one database at a time, of this process and of all others. It ends with the process, however that ends. */
final class FolderLock implements AutoCloseable {
    /** Asked first: a process that opens and closes the lock file again gives up the lock it holds on it. */
    private static final Set<Path> HELD_HERE = ConcurrentHashMap.newKeySet();

    private final Path folder;
    private final FileChannel channel;

    private FolderLock(Path folder, FileChannel channel) {
        this.folder = folder;
        this.channel = channel;
    }

    /**
     * Takes a folder that exists.
     *
     * @throws IOException when it is taken
     */
    static FolderLock take(Path directory) throws IOException {
        Path folder = directory.toRealPath();
        if (!HELD_HERE.add(folder)) {
            throw taken();
        }
        try {
            return new FolderLock(folder, lock(folder.resolve("herald.lock")));
        } catch (IOException | RuntimeException e) {
            HELD_HERE.remove(folder);
            throw e;
        }
    }

    /** The folder, by the one name that holds however it was named. */
    Path folder() {
        return folder;
    }

    @Override
    public void close() throws IOException {
        channel.close();
        HELD_HERE.remove(folder);
    }

    private static FileChannel lock(Path file) throws IOException {
        FileChannel channel = FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
        if (channel.tryLock() == null) {
            channel.close();
            throw taken();
        }
        return channel;
    }

    private static IOException taken() {
        return new IOException("another herald holds this folder; stop it, or set another HERALD_DATA_DIR");
    }
}
