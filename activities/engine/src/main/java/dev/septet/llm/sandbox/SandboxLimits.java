package dev.septet.llm.sandbox;

import java.time.Duration;

/**
 * Resource limits of a child process.
 *
 * @param heapBytes size of the Java heap for a small file
 * @param nativeBytes memory outside the heap: code, threads, native libraries
 * @param heapPerByte additional heap per byte that the process reads
 * @param nativePerByte additional memory outside the heap per byte that the process reads
 * @param maxMemory maximum of heap and native memory together
 * @param processor CPU time
 * @param wall wall-clock time until the process is ended; longer than the CPU time, for machines
 *     with other load
 */
public record SandboxLimits(
        long heapBytes,
        long nativeBytes,
        int heapPerByte,
        int nativePerByte,
        long maxMemory,
        Duration processor,
        Duration wall) {
    /** The largest tokenizers (33 MB, 262,144 tokens) need a third of these limits. */
    public static final SandboxLimits STANDARD = new SandboxLimits(
            160L << 20, 1200L << 20, 28, 20, 6L << 30, Duration.ofSeconds(30), Duration.ofSeconds(120));

    long heap(long bytes) {
        return Math.min(heapBytes + heapPerByte * bytes, maxMemory / 2);
    }

    long addressSpace(long bytes) {
        return Math.min(heap(bytes) + nativeBytes + nativePerByte * bytes, maxMemory);
    }
}
