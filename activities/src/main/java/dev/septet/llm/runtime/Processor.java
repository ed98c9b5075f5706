package dev.septet.llm.runtime;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** What the machine's processor is, as far as kernels are chosen by it. */
public final class Processor {
    private static final Path LINUX = Path.of("/proc/cpuinfo");

    private Processor() {}

    /**
     * Whether MKL takes narrower kernels than this processor has: it gives AVX-512 to its own
     * maker's processors only. False where that cannot be told.
     */
    public static boolean slowedByMkl() {
        return Once.SLOWED;
    }

    /** The same of a processor that Linux describes so. */
    static boolean slowedByMkl(List<String> cpuinfo) {
        return !value(cpuinfo, "vendor_id").equals("GenuineIntel")
                && List.of(value(cpuinfo, "flags").split(" ")).contains("avx512f");
    }

    private static String value(List<String> cpuinfo, String key) {
        return cpuinfo.stream()
                .filter(line -> line.startsWith(key))
                .map(line -> line.substring(line.indexOf(':') + 1).strip())
                .findFirst()
                .orElse("");
    }

    private static final class Once {
        static final boolean SLOWED = read();

        private static boolean read() {
            try {
                return slowedByMkl(Files.readAllLines(LINUX));
            } catch (IOException notLinux) {
                return false;
            }
        }
    }
}
