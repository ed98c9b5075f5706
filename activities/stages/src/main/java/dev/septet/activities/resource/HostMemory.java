package dev.septet.activities.resource;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.stream.Stream;
import oshi.SystemInfo;

/** Memory of the host and of this process, in bytes. */
public final class HostMemory {
    private static final Path STATUS = Path.of("/proc/self/status");
    private static final Path RESET = Path.of("/proc/self/clear_refs");
    private static final Path LIMIT = Path.of("/sys/fs/cgroup/memory.max");
    private static final Path USED = Path.of("/sys/fs/cgroup/memory.current");
    private static final Path PARTS = Path.of("/sys/fs/cgroup/memory.stat");
    private static final long KIB = 1024;

    private HostMemory() {}

    /** Available memory: the host's, or the container's when that is less. */
    public static long available() {
        long host = new SystemInfo().getHardware().getMemory().getAvailable();
        Optional<Long> limit = number(LIMIT);
        Optional<Long> used = number(USED);
        return limit.isPresent() && used.isPresent()
                ? Math.min(host, Math.max(0, limit.get() - used.get() + cached()))
                : host;
    }

    /** Page cache: a container counts it as used, but frees it on demand. */
    private static long cached() {
        try (Stream<String> lines = Files.lines(PARTS)) {
            return lines.filter(line -> line.matches("(in)?active_file [0-9]{1,18}"))
                    .mapToLong(line -> Long.parseLong(line.substring(line.indexOf(' ') + 1)))
                    .sum();
        } catch (IOException unreadable) {
            return 0;
        }
    }

    /** Resets the peak, if the system supports it. */
    public static void resetPeak() {
        try {
            if (Files.isWritable(RESET)) {
                Files.writeString(RESET, "5"); // see proc(5)
            }
        } catch (IOException refused) {
            // without a reset the peak counts from the start of the process: still an upper bound
        }
    }

    /** Largest resident size since the last reset; the present one when the system has no peak. */
    public static long peak() throws IOException {
        if (Files.isReadable(STATUS)) {
            try (Stream<String> lines = Files.lines(STATUS)) {
                Optional<Long> peak = lines.filter(line -> line.startsWith("VmHWM:"))
                        .map(line -> Long.parseLong(line.replaceAll("\\D", "")) * KIB)
                        .findFirst();
                if (peak.isPresent()) {
                    return peak.get();
                }
            }
        }
        return new SystemInfo().getOperatingSystem().getCurrentProcess().getResidentMemory();
    }

    private static Optional<Long> number(Path file) {
        try {
            String text = Files.isReadable(file) ? Files.readString(file).strip() : "";
            return text.matches("[0-9]{1,18}") ? Optional.of(Long.valueOf(text)) : Optional.empty();
        } catch (IOException unreadable) {
            return Optional.empty();
        }
    }
}
