package dev.septet.llm.gguf;

import dev.septet.llm.quantize.GgmlType;
import java.util.Locale;

/** The types of a GGUF file's matrices; vectors stay float32. */
public enum GgufForm {
    F32(0, GgmlType.F32),
    F16(1, GgmlType.F16),
    BF16(32, GgmlType.BF16),
    Q8_0(7, GgmlType.Q8_0),
    /**
     * Output matrix in 6 bits, all other matrices in blocks of 32 with 4 bits: the fastest of the
     * small formats.
     */
    Q4_0(2, GgmlType.Q4_0),
    /** 4 bits, and 6 bits in the most sensitive tensors: llama.cpp's usual choice. */
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

    /** The format's name in file names, such as {@code q4_k_m}. */
    public String word() {
        return name().toLowerCase(Locale.ROOT);
    }
}
