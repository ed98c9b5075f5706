package dev.septet.llm.cuda;

import java.util.Locale;

/**
 * Memory of an NVIDIA card in bytes.
 *
 * @param total the whole memory
 * @param free what no process uses
 */
public record CardMemory(long total, long free) {
    public CardMemory {
        if (free < 0 || free > total) {
            throw new IllegalArgumentException(
                    String.format(Locale.ROOT, "%d of %d bytes cannot be free", free, total));
        }
    }

    /** Bytes that processes use. */
    public long used() {
        return total - free;
    }
}
