package dev.septet.workers.local;

import dev.septet.workers.Role;
import dev.septet.workers.version.WorkerVersion;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** Names of worker processes in messages and of their files. */
public final class WorkerNames {
    private WorkerNames() {}

    /** The role's word, and the build: workers of two versions have different files. */
    public static String of(Role role, @Nullable WorkerVersion version) {
        return version == null
                ? role.word()
                : role.word() + "-" + version.buildId().toLowerCase(Locale.ROOT).replaceAll("[^a-z0-9]+", "-");
    }
}
