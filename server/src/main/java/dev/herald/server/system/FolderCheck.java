package dev.herald.server.system;

import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Whether files can be written to a folder, or, when there is none yet, one could be made. Leaves nothing behind. */
public final class FolderCheck implements SystemCheck {
    private final String setting;
    private final Path folder;

    /**
     * A check.
     *
     * @param setting the setting that names the folder
     */
    public FolderCheck(String setting, Path folder) {
        this.setting = setting;
        this.folder = folder.toAbsolutePath();
    }

    @Override
    public String name() {
        return "folder " + setting;
    }

    @Override
    public String mend() {
        return "name a folder in " + setting + " that this user may write to";
    }

    @Override
    public List<CheckResult> look() {
        Path nearest = folder;
        while (nearest.getParent() != null && !Files.exists(nearest, LinkOption.NOFOLLOW_LINKS)) {
            nearest = nearest.getParent();
        }
        if (!Files.isDirectory(nearest)) {
            return List.of(CheckResult.failed(name(), nearest + " is no folder", mend()));
        }
        try {
            // Permissions alone don't tell of a file system that is read-only, or full.
            Files.delete(Files.createTempFile(nearest, ".herald", ".check"));
        } catch (IOException e) {
            return List.of(CheckResult.failed(name(), "can't write to " + nearest + ": " + why(e), mend()));
        }
        return List.of(CheckResult.ok(name(), nearest.equals(folder) ? "can be written to" : "can be made"));
    }

    /** Without the name of the file that was tried, which is nobody's. */
    private static String why(IOException fault) {
        if (fault instanceof AccessDeniedException) {
            return "this user may not";
        }
        @Nullable String reason = fault instanceof FileSystemException system ? system.getReason() : null;
        return reason == null ? "no file can be made there" : reason;
    }
}
