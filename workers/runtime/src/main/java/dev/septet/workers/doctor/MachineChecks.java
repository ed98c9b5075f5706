package dev.septet.workers.doctor;

import com.sun.management.OperatingSystemMXBean;
import dev.septet.llm.cuda.CudaLibtorch;
import dev.septet.llm.runtime.Torch;
import dev.septet.llm.sandbox.ProcessRestrictions;
import dev.septet.workers.StateFolder;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** Checks the machine: Java, memory, disk, the sandbox and the engine's native libraries. */
final class MachineChecks {
    private static final int JAVA = 17;
    private static final long GIB = 1L << 30;
    private static final long LEAST_MEMORY = 2 * GIB;
    private static final long LEAST_DISK = 10 * GIB;
    private static final long NO_DISK = GIB / 2;

    private final StateFolder state;

    MachineChecks(StateFolder state) {
        this.state = state;
    }

    List<Finding> look() {
        return List.of(
                java(Runtime.version().feature()),
                memory(free()),
                disk(),
                engine(),
                sandbox(ProcessRestrictions.here()));
    }

    static Finding java(int version) {
        String found = "Java " + version + " at " + System.getProperty("java.home");
        return version >= JAVA
                ? Finding.ok("java", found)
                : Finding.fail("java", found, "set JAVA_HOME to a JDK, version 17 or later");
    }

    static Finding memory(long free) {
        String found = gib(free) + " of memory are free";
        return free >= LEAST_MEMORY
                ? Finding.ok("memory", found)
                : Finding.warn(
                        "memory",
                        found,
                        "end other programs, or check with `septet plan FILE` whether that is" + " enough");
    }

    static Finding disk(Path folder, long free) {
        String found = "%s are free for %s".formatted(gib(free), folder);
        if (free < NO_DISK) {
            return Finding.fail("disk", found, "free some disk space, or set SEPTET_STATE to a folder on another disk");
        }
        return free < LEAST_DISK
                ? Finding.warn("disk", found, "free some disk space: checkpoints and models need more")
                : Finding.ok("disk", found);
    }

    private Finding disk() {
        try {
            Path there = state.path();
            while (!Files.exists(there) && there.getParent() != null) {
                there = there.getParent();
            }
            return disk(state.path(), Files.getFileStore(there).getUsableSpace());
        } catch (IOException e) {
            return Finding.fail(
                    "disk",
                    "the free space of %s cannot be read: %s".formatted(state.path(), e.getMessage()),
                    "set SEPTET_STATE to a folder that exists");
        }
    }

    /** Checks the sandbox: the restricted process that opens an untrusted model before a worker does. */
    static Finding sandbox(ProcessRestrictions.Limits limits) {
        String found = "untrusted models are opened first in a process limited in memory and time, %s, %s"
                .formatted(
                        limits.systemCalls() ? "without sockets and other programs" : "but not in system calls",
                        limits.files()
                                ? "that reads the model, Java's and the system's files only"
                                : "but not in the files that it reads");
        return limits.systemCalls() && limits.files()
                ? Finding.ok("sandbox", found)
                : Finding.warn(
                        "sandbox",
                        found,
                        "use models of publishers that you trust, or Linux 5.13 or later on x86-64"
                                + " or aarch64 with seccomp and Landlock");
    }

    /**
     * Loads the native libraries, because a library that exists may still lack one that it depends
     * on.
     */
    private static Finding engine() {
        try {
            return engine(CudaLibtorch.folder(System.getenv()), Torch.threads());
        } catch (RuntimeException | LinkageError broken) {
            Throwable root = broken;
            while (root.getCause() != null) {
                root = root.getCause();
            }
            return broken(CudaLibtorch.folder(System.getenv()), String.valueOf(root.getMessage()));
        }
    }

    static Finding broken(Optional<Path> cuda, String reason) {
        return cuda.map(folder -> Finding.fail(
                        "engine",
                        "libtorch with CUDA does not load from %s: %s".formatted(folder, reason),
                        "run `septet doctor --fix gpu`, or set PYTORCH_LIBRARY_PATH to an empty value to use"
                                + " the CPU build"))
                .orElseGet(() -> Finding.fail(
                        "engine",
                        "libtorch does not load: " + reason,
                        "Septet trains on Linux x86-64 and aarch64 with glibc 2.28 or later, and on"
                                + " macOS; build again with `mvn -DskipTests package`"));
    }

    static Finding engine(Optional<Path> cuda, int threads) {
        return Finding.ok(
                "engine",
                String.format(
                        Locale.ROOT,
                        "libtorch%s loads and has %d threads",
                        cuda.map(folder -> " with CUDA from " + folder).orElse(""),
                        threads));
    }

    private static long free() {
        return ManagementFactory.getOperatingSystemMXBean() instanceof OperatingSystemMXBean system
                ? Math.max(system.getFreeMemorySize(), available())
                : 0;
    }

    /**
     * Available bytes of memory. On Linux this includes caches that the kernel can release at once,
     * which its free memory does not.
     */
    private static long available() {
        try {
            return Files.readAllLines(Path.of("/proc/meminfo")).stream()
                    .filter(line -> line.startsWith("MemAvailable:"))
                    .mapToLong(line -> Long.parseLong(line.replaceAll("[^0-9]", "")) * 1024)
                    .findFirst()
                    .orElse(0);
        } catch (IOException notLinux) {
            return 0;
        }
    }

    private static String gib(long bytes) {
        return String.format(Locale.ROOT, "%.1f GiB", (double) bytes / GIB);
    }
}
