package dev.septet.activities.store;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * A process that commits the checkpoint of step 2 and prunes step 1's predecessor, and ends without
 * warning before its n-th action on the disk.
 */
final class KilledCommit {
    static final String RUN = "run-1/train";
    static final int KILLED = 77;

    private KilledCommit() {}

    public static void main(String[] arguments) throws IOException {
        int last = Integer.parseInt(arguments[1]);
        AtomicInteger action = new AtomicInteger();
        Disk disk = new Disk((doing, path) -> {
            if (action.incrementAndGet() == last) {
                Runtime.getRuntime().halt(KILLED);
            }
        });
        LocalStore store = store(Path.of(arguments[0]), disk, arguments[3]);
        Fence fence = new Fence(RUN, Integer.parseInt(arguments[2]));
        store.open(fence);
        store.checkpoints()
                .commit(
                        RUN,
                        2,
                        folder -> {
                            Files.writeString(folder.resolve("parameters"), "parameters 2");
                            Files.writeString(folder.resolve("state"), "state 2");
                        },
                        fence);
        store.checkpoints().prune(RUN, 1, Set.of(), fence);
    }

    /** A store, encrypted by the key of a name; none for an empty one. */
    static LocalStore store(Path root, Disk disk, String key) throws IOException {
        return key.isEmpty()
                ? new LocalStore(root, disk)
                : new LocalStore(root, disk, StoreKeys.of(root.resolveSibling(""), null, key));
    }
}
