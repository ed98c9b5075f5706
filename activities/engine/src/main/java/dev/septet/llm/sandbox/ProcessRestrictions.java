package dev.septet.llm.sandbox;

import com.sun.jna.NativeLong;
import java.io.File;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * The restrictions of a child process before it opens an untrusted file, as far as the kernel
 * supports them.
 */
public final class ProcessRestrictions {
    private static final int NO_NEW_PRIVILEGES = 38;

    /** Paths that Java and native libraries read in addition to their own files. */
    private static final List<String> SYSTEM = List.of(
            "/lib",
            "/lib64",
            "/usr/lib",
            "/usr/lib64",
            "/usr/local/lib",
            "/etc/ld.so.cache",
            "/etc/localtime",
            "/dev/null",
            "/dev/zero",
            "/dev/random",
            "/dev/urandom",
            "/proc/self",
            "/proc/cpuinfo",
            "/proc/meminfo",
            "/proc/stat",
            "/proc/sys/vm",
            "/sys/devices/system/cpu",
            "/sys/fs/cgroup",
            "/sys/kernel/mm");

    private ProcessRestrictions() {}

    /**
     * The restrictions that this machine's kernel supports.
     *
     * @param systemCalls whether sockets, other programs and other processes can be denied
     * @param files whether reading and writing can be limited to folders
     */
    public record Limits(boolean systemCalls, boolean files) {
        static final Limits NONE = new Limits(false, false);
    }

    /** The restrictions of child processes on this machine. */
    public static Limits here() {
        try {
            Optional<SystemCalls> calls = SystemCalls.here();
            if (calls.isEmpty()) {
                return Limits.NONE;
            }
            LibC libC = LibC.load();
            return new Limits(calls.get().available(libC), FileRules.version(libC) > 0);
        } catch (LinkageError none) {
            return Limits.NONE;
        }
    }

    /**
     * Restricts this process to what it needs. Call it before the process starts its own threads.
     * Threads that Java started for itself keep their file rights, but system calls are restricted
     * in them too.
     *
     * @param reads files and folders that the process reads in addition to Java's own
     * @param writes the only folder that the process may write to
     */
    static void apply(List<Path> reads, Path writes) {
        try {
            Optional<SystemCalls> calls = SystemCalls.here();
            if (calls.isEmpty()) {
                return;
            }
            LibC libC = LibC.load();
            NativeLong none = new NativeLong(0);
            if (libC.prctl(NO_NEW_PRIVILEGES, new NativeLong(1), none, none, none) != 0) {
                return;
            }
            FileRules.apply(libC, readable(reads), List.of(writes));
            calls.get().apply(libC, ProcessHandle.current().pid());
        } catch (LinkageError missing) {
            // Memory, time and network are still limited; `septet doctor` reports it.
        }
    }

    private static List<Path> readable(List<Path> reads) {
        List<Path> all = new ArrayList<>(reads);
        SYSTEM.forEach(path -> all.add(Path.of(path)));
        all.add(Path.of(System.getProperty("java.home")));
        Stream.of(System.getProperty("java.class.path").split(File.pathSeparator))
                .forEach(entry -> all.add(Path.of(entry)));
        return all;
    }
}
