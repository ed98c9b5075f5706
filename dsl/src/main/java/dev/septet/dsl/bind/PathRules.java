package dev.septet.dsl.bind;

import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The rules for the paths of a pipeline.
 *
 * @param folder the folder that paths are relative to; null = unknown, then paths are not checked on disk
 * @param mayLeaveFolder whether paths may leave that folder: by {@code ..}, a leading {@code /} or a link
 * @param readable further folders that workers are known to read from; a path to any other folder gets a remark
 */
public record PathRules(@Nullable Path folder, boolean mayLeaveFolder, List<Path> readable) {
    public PathRules {
        readable = List.copyOf(readable);
    }

    /** Rules for the files of the person who runs them: every path must exist, in any folder. */
    public static PathRules anywhere(Path folder) {
        return new PathRules(folder, true, List.of());
    }

    /** Rules for files of others: every path must exist inside the folder. */
    public static PathRules inside(Path folder) {
        return new PathRules(folder, false, List.of());
    }

    /** Rules for files without a folder: paths are not checked on disk, and none may lead outside. */
    public static PathRules unseen() {
        return new PathRules(null, false, List.of());
    }

    /** The same rules with further folders that workers are known to read from. */
    public PathRules reading(List<Path> folders) {
        return new PathRules(folder, mayLeaveFolder, folders);
    }
}
