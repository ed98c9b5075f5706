package dev.septet.llm.runtime;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;

/** Features of the machine's processor that decide which kernels are used. */
public final class Processor {
    private static final Path LINUX = Path.of("/proc/cpuinfo");

    /** Instruction sets that oneDNN's bf16 kernels need. */
    private static final Set<String> WIDE = Set.of("avx512bw", "avx512vl", "avx512dq");

    private Processor() {}

    /**
     * Whether MKL uses narrower kernels than this processor supports: it uses AVX-512 only on Intel
     * processors. False if unknown.
     */
    public static boolean slowedByMkl() {
        return Once.SLOWED;
    }

    /** The same, read from the lines of Linux's {@code /proc/cpuinfo}. */
    static boolean slowedByMkl(List<String> cpuinfo) {
        return !value(cpuinfo, "vendor_id").equals("GenuineIntel")
                && List.of(value(cpuinfo, "flags").split(" ")).contains("avx512f");
    }

    /**
     * Whether this processor has vector instructions with which libtorch multiplies bf16 matrices.
     * Without them, libtorch multiplies number by number on one thread. True if unknown.
     */
    public static boolean multipliesBf16() {
        return Once.BF16;
    }

    /** The same, read from the lines of Linux's {@code /proc/cpuinfo}. */
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
