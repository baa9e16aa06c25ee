package dev.herald.bench;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/** What it costs to get a page onto the disk, as each commit does. */
final class FlushTime {
    private static final int FLUSHES = 200;
    private static final int PAGE = 8_192;

    private FlushTime() {}

    static double medianMicros(Path folder) {
        Path file = folder.resolve("flush");
        double[] micros = new double[FLUSHES];
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.WRITE)) {
            channel.write(ByteBuffer.allocate(PAGE * FLUSHES));
            channel.force(true);
            for (int i = 0; i < FLUSHES; i++) {
                long start = System.nanoTime();
                channel.write(ByteBuffer.allocate(PAGE), (long) i * PAGE);
                channel.force(false);
                micros[i] = (System.nanoTime() - start) / 1e3;
            }
            Files.delete(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return Medians.of(micros);
    }
}
