package dev.septet.llm.runtime;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;

/** What the machine's processor is, as far as kernels are chosen by it. */
public final class Processor {
    private static final Path LINUX = Path.of("/proc/cpuinfo");

    /** What oneDNN's kernels for bf16 are made of. */
    private static final Set<String> WIDE = Set.of("avx512bw", "avx512vl", "avx512dq");

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

    /**
     * Whether this processor has vectors that libtorch multiplies bf16 matrices with. Without them
     * it does so number by number, on one thread. True where that cannot be told.
     */
    public static boolean multipliesBf16() {
        return Once.BF16;
    }

    /** The same of a processor that Linux describes so. */
    static boolean multipliesBf16(List<String> cpuinfo) {
        List<String> intel = List.of(value(cpuinfo, "flags").split(" "));
        List<String> arm = List.of(value(cpuinfo, "Features").split(" "));
        return intel.containsAll(WIDE) || arm.contains("bf16");
    }

    private static String value(List<String> cpuinfo, String key) {
        return cpuinfo.stream()
                .filter(line -> line.startsWith(key))
                .map(line -> line.substring(line.indexOf(':') + 1).strip())
                .findFirst()
                .orElse("");
    }

    private static final class Once {
        static final List<String> CPUINFO = read();
        static final boolean SLOWED = slowedByMkl(CPUINFO);
        static final boolean BF16 = CPUINFO.isEmpty() || multipliesBf16(CPUINFO);

        private static List<String> read() {
            try {
                return Files.readAllLines(LINUX);
            } catch (IOException notLinux) {
                return List.of();
            }
        }
    }
}
