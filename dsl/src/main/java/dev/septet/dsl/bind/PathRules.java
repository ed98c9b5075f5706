package dev.septet.dsl.bind;

import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Where the paths of a pipeline may lead.
 *
 * @param folder the folder that they are relative to; null = unknown, so that nothing is looked up
 * @param leaving whether they may leave that folder: by {@code ..}, a leading {@code /} or a link
 * @param readable further folders that are known to be read from; a path that leads elsewhere is
 *     remarked on
 */
public record PathRules(@Nullable Path folder, boolean leaving, List<Path> readable) {
    public PathRules {
        readable = List.copyOf(readable);
    }

    /** For files of the person who runs them: what they name must exist, wherever it is. */
    public static PathRules anywhere(Path folder) {
        return new PathRules(folder, true, List.of());
    }

    /** For files of others: what they name must exist inside the folder. */
    public static PathRules inside(Path folder) {
        return new PathRules(folder, false, List.of());
    }

    /** For files that came without a folder: nothing is looked up, nothing may lead outside. */
    public static PathRules unseen() {
        return new PathRules(null, false, List.of());
    }

    /** The same with further folders that are known to be read from. */
    public PathRules reading(List<Path> folders) {
        return new PathRules(folder, leaving, folders);
    }
}
