package dev.septet.llm.gguf;

import dev.septet.llm.model.config.Family;
import java.util.Arrays;
import java.util.Optional;
import java.util.stream.Collectors;

/** GGUF's names of the model families ({@code general.architecture}). */
enum Architecture {
    /** Llama, Mistral and Mixtral, which the file's tensors distinguish. */
    LLAMA("llama", true),
    QWEN2("qwen2", false),
    QWEN3("qwen3", false),
    SMOLLM3("smollm3", true),
    GEMMA2("gemma2", false),
    GEMMA3("gemma3", false);

    private final String word;
    private final boolean pairs;

    Architecture(String word, boolean pairs) {
        this.word = word;
        this.pairs = pairs;
    }

    static Architecture of(Family family) {
        return switch (family) {
            case LLAMA, MISTRAL, MIXTRAL -> LLAMA;
            case QWEN2 -> QWEN2;
            case QWEN3 -> QWEN3;
            case SMOLLM3 -> SMOLLM3;
            case GEMMA2 -> GEMMA2;
            case GEMMA3 -> GEMMA3;
        };
    }

    /** The architecture of a file. */
    static Architecture of(GgufFile gguf) {
        String word = gguf.requiredText("general.architecture");
        Optional<Architecture> known =
                Arrays.stream(values()).filter(one -> one.word.equals(word)).findFirst();
        return known.orElseThrow(() -> new dev.septet.llm.format.FormatProblem(
                gguf.file(), "is of architecture " + word + "; known are " + known()));
    }

    private static String known() {
        return Arrays.stream(values()).map(Architecture::word).collect(Collectors.joining(", "));
    }

    String word() {
        return word;
    }

    /** A metadata key of this architecture. */
    String key(String name) {
        return word + "." + name;
    }

    /** Whether RoPE rotates adjacent rows of queries and keys, see HeadRows. */
    boolean pairsRows() {
        return pairs;
    }

    boolean isGemma() {
        return this == GEMMA2 || this == GEMMA3;
    }
}
