package dev.septet.workers.local;

import java.util.LinkedHashMap;
import java.util.Map;

/** Environment variables that must be set before the engine's native library loads. */
final class TrainingEnvironment {
    private TrainingEnvironment() {}

    /**
     * For a process that trains; what the user has set stays.
     *
     * <p>The allocator keeps blocks of up to 32 MB instead of handing them back (some 90,000 page
     * faults a step fall to few) and uses huge pages; larger ones, which are logits, would leave
     * gaps that nothing else fills, a tenth of the peak. Idle OpenMP threads sleep instead of
     * spinning, which on a machine with other work makes steps several times slower. oneDNN keeps
     * the code that it compiles for each shape of a product, and libtorch's binding to it (LRU)
     * keeps it once more: the 128 latest are those of a step, while the default of 1024 in either
     * is hundreds of MB of code for rows of ever other lengths.
     */
    static Map<String, String> of(Map<String, String> environment) {
        Map<String, String> wanted = new LinkedHashMap<>();
        wanted.put(
                "GLIBC_TUNABLES",
                "glibc.malloc.mmap_threshold=33554432"
                        + ":glibc.malloc.trim_threshold=17179869184"
                        + ":glibc.malloc.top_pad=268435456");
        wanted.put("THP_MEM_ALLOC_ENABLE", "1");
        wanted.put("GOMP_SPINCOUNT", "0");
        wanted.put("ONEDNN_PRIMITIVE_CACHE_CAPACITY", "128");
        wanted.put("LRU_CACHE_CAPACITY", "128");
        wanted.keySet().removeAll(environment.keySet());
        return wanted;
    }
}
