package dev.septet.llm.gguf;

import dev.septet.llm.quantize.GgmlType;
import java.util.Locale;

/** In which types a GGUF's matrices are stored; vectors stay float32. */
public enum GgufForm {
    F32(0, GgmlType.F32),
    F16(1, GgmlType.F16),
    BF16(32, GgmlType.BF16),
    Q8_0(7, GgmlType.Q8_0),
    /** Output in 6 bits, all else in blocks of 32 with 4 bits: the fastest of the small ones. */
    Q4_0(2, GgmlType.Q4_0),
    /** 4 bits, and 6 where a model is most sensitive: llama.cpp's usual choice. */
    Q4_K_M(15, GgmlType.Q4_K);

    private final int fileType;
    private final GgmlType usual;

    GgufForm(int fileType, GgmlType usual) {
        this.fileType = fileType;
        this.usual = usual;
    }

    /** Number in {@code general.file_type}. */
    int fileType() {
        return fileType;
    }

    /** Type of most matrices. */
    GgmlType usual() {
        return usual;
    }

    /** As files are named by it, such as {@code q4_k_m}. */
    public String word() {
        return name().toLowerCase(Locale.ROOT);
    }
}
