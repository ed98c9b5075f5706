package dev.septet.llm.sandbox;

import java.time.Duration;

/**
 * What a child process may use.
 *
 * @param heapBytes of Java's heap, for a small file
 * @param nativeBytes beside the heap: code, threads, native libraries
 * @param heapPerByte heap for each byte that it reads
 * @param nativePerByte the same, beside the heap
 * @param most of both together
 * @param processor seconds of processor time
 * @param wall time until it is ended, processor or not; longer, for machines with other work
 */
public record SandboxLimits(
        long heapBytes,
        long nativeBytes,
        int heapPerByte,
        int nativePerByte,
        long most,
        Duration processor,
        Duration wall) {
    /** The largest tokenizers (33 MB, 262,144 pieces) need a third of this. */
    public static final SandboxLimits STANDARD = new SandboxLimits(
            160L << 20, 1200L << 20, 28, 20, 6L << 30, Duration.ofSeconds(30), Duration.ofSeconds(120));

    long heap(long bytes) {
        return Math.min(heapBytes + heapPerByte * bytes, most / 2);
    }

    long addressSpace(long bytes) {
        return Math.min(heap(bytes) + nativeBytes + nativePerByte * bytes, most);
    }
}
