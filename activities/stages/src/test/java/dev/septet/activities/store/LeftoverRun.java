package dev.septet.activities.store;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;

/** Processes that attempt something in a store, or clean it, and are killed. */
final class LeftoverRun {
    static final int KILLED = 77;

    private LeftoverRun() {}

    public static void main(String[] arguments) throws IOException {
        Path root = Path.of(arguments[0]);
        int last = Integer.parseInt(arguments[2]);
        if (last == 0) {
            LocalStore store = new LocalStore(root);
            Fence fence = new Fence(arguments[1] + "/train", 1);
            store.open(fence);
            Files.writeString(store.scratch(fence).resolve("weights"), "half");
            Runtime.getRuntime().halt(KILLED);
        }
        AtomicInteger action = new AtomicInteger();
        new LocalStore(root, new Disk((doing, path) -> {
                    if (action.incrementAndGet() == last) {
                        Runtime.getRuntime().halt(KILLED);
                    }
                }))
                .removeLeftovers();
    }

    /** An attempt as the activities make them; one that fails has an artifact half written. */
    static void attempt(LocalStore store, Fence fence, boolean fails) throws IOException {
        store.open(fence);
        try {
            Path folder = store.scratch(fence);
            Files.writeString(folder.resolve("weights"), "weights of " + fence.scope());
            if (!fails) {
                store.put(folder, fence);
            }
            store.putRecord("results/" + fence.scope(), "done", fence);
        } finally {
            store.release(fence);
        }
    }

    /** A process that is killed in an attempt. */
    static int killed(Path root, String run) throws Exception {
        return process(root, run, 0);
    }

    /** A process that cleans and is killed before its n-th action on the disk. */
    static int cleaned(Path root, int action) throws Exception {
        return process(root, "none", action);
    }

    private static int process(Path root, String run, int action) throws Exception {
        return new ProcessBuilder(List.of(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-XX:TieredStopAtLevel=1",
                        "-XX:+UseSerialGC",
                        "-cp",
                        System.getProperty("java.class.path"),
                        LeftoverRun.class.getName(),
                        root.toString(),
                        run,
                        Integer.toString(action)))
                .inheritIO()
                .start()
                .waitFor();
    }
}
