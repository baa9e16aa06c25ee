package dev.herald.server.config;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Looks at files every so often and has new content used once it has stood still for one look, so that nothing half-written
 * is taken. Content that can't be used leaves the old in force, and is told of once. One thread; thread-safe.
 */
public final class FileWatch implements AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(FileWatch.class);

    private final Duration interval;
    private final ScheduledExecutorService thread = Executors.newSingleThreadScheduledExecutor(work -> {
        Thread thread = new Thread(work, "file-watch");
        thread.setDaemon(true);
        return thread;
    });

    /** Looks so often. */
    public FileWatch(Duration interval) {
        this.interval = interval;
    }

    /** Takes the content of the files into use, all or nothing; the message of what it throws says what is wrong with it. */
    @FunctionalInterface
    public interface Use {
        void takeUp() throws Exception;
    }

    /**
     * Watches files together. What they hold now is taken up once more, since it may have changed while the server started.
     *
     * @param settings the settings that name them, for the log
     * @param files none: nothing is watched
     */
    public void watch(String settings, List<Path> files, Use use) {
        if (!files.isEmpty()) {
            Watched watched = new Watched(settings, files, use);
            // Never ends by an exception: a look catches all.
            var unused = thread.scheduleWithFixedDelay(
                    watched::look, interval.toMillis(), interval.toMillis(), TimeUnit.MILLISECONDS);
        }
    }

    @Override
    public void close() {
        thread.shutdownNow();
    }

    private static final class Watched {
        private static final String NOTHING_YET = "";

        private final String settings;
        private final List<Path> files;
        private final Use use;
        private String used = NOTHING_YET;
        private String seen = NOTHING_YET;
        private String refused = NOTHING_YET;

        Watched(String settings, List<Path> files, Use use) {
            this.settings = settings;
            this.files = files;
            this.use = use;
        }

        void look() {
            Optional<Path> unreadable =
                    files.stream().filter(file -> !Files.isReadable(file)).findFirst();
            String now = unreadable.map(file -> "no " + file).orElseGet(this::fingerprint);
            boolean still = now.equals(seen);
            seen = now;
            if (now.equals(used)) {
                refused = NOTHING_YET;
            } else if (still && !now.equals(refused)) {
                takeUp(now, unreadable);
            }
        }

        private void takeUp(String content, Optional<Path> unreadable) {
            try {
                if (unreadable.isPresent()) {
                    throw new IOException("can't read " + unreadable.get());
                }
                use.takeUp();
                if (!used.equals(NOTHING_YET)) {
                    log.info("{}: new content is in use", settings);
                }
                used = content;
                refused = NOTHING_YET;
            } catch (Exception e) {
                // Whatever is thrown, the old stays, and the next content gets its chance.
                refused = content;
                log.warn("{}: new content can't be used, the old stays: {}", settings, reason(e));
            }
        }

        private static String reason(Exception e) {
            return e instanceof SettingsException wrong
                    ? String.join("; ", wrong.faults())
                    : String.valueOf(e.getMessage());
        }

        private String fingerprint() {
            try {
                MessageDigest digest = MessageDigest.getInstance("SHA-256");
                for (Path file : files) {
                    digest.update(digest(Files.readAllBytes(file)));
                }
                return HexFormat.of().formatHex(digest.digest());
            } catch (IOException e) {
                return "no " + e.getMessage();
            } catch (NoSuchAlgorithmException e) {
                throw new IllegalStateException("every Java has SHA-256", e);
            }
        }

        private static byte[] digest(byte[] content) throws NoSuchAlgorithmException {
            return MessageDigest.getInstance("SHA-256").digest(content);
        }
    }
}
