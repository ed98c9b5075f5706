package dev.septet.llm.cuda;

import java.util.Locale;

/**
 * An NVIDIA card.
 *
 * @param index number in the output of nvidia-smi
 * @param uuid such as {@code GPU-8932f937-d72c-4106-c12f-20bd9faed9f6}; empty when unknown
 * @param name such as {@code NVIDIA H100 80GB HBM3}
 * @param capability compute capability such as {@code 9.0}; empty when unknown
 */
public record NvidiaCard(int index, String uuid, String name, String capability) {
    private static final String UNREADABLE = "?";

    /** The card's identifier in {@code CUDA_VISIBLE_DEVICES}. NVIDIA recommends UUIDs, because an index can change. */
    public String identifier() {
        return uuid.isEmpty() || uuid.contains(UNREADABLE) ? Integer.toString(index) : uuid;
    }

    /** Whether an entry of {@code CUDA_VISIBLE_DEVICES} means this card; UUIDs may be abbreviated. */
    boolean is(String entry) {
        return entry.equals(Integer.toString(index)) || (entry.startsWith("GPU-") && uuid.startsWith(entry));
    }

    @Override
    public String toString() {
        return String.format(Locale.ROOT, "card %d (%s)", index, name);
    }
}
