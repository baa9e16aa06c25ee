package dev.herald.server.config;

import dev.herald.server.config.SettingFault.Kind;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What works and should be mended all the same: each is logged once. Thread-safe. */
final class SettingDoubts {
    private static final Logger log = LoggerFactory.getLogger(SettingDoubts.class);

    private final Set<SettingFault> told = ConcurrentHashMap.newKeySet();

    /**
     * Whether everybody can read a file that holds a secret. No mistake: containers mount secrets that way, in a file system
     * nobody else sees.
     */
    Optional<SettingFault> ofFile(String setting, Path file) throws IOException {
        if (!isOpenToAll(file)) {
            return Optional.empty();
        }
        SettingFault doubt = new SettingFault(
                setting, Kind.DOUBTFUL, "every user of this machine can read " + file + "; chmod o-r it");
        tell(doubt);
        return Optional.of(doubt);
    }

    void tell(SettingFault doubt) {
        if (told.add(doubt)) {
            log.warn("{}", doubt);
        }
    }

    private static boolean isOpenToAll(Path file) throws IOException {
        return file.getFileSystem().supportedFileAttributeViews().contains("posix")
                && Files.getPosixFilePermissions(file).contains(PosixFilePermission.OTHERS_READ);
    }
}
