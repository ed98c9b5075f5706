package dev.septet.llm.gguf;

import ai.djl.ndarray.types.Shape;
import dev.septet.llm.model.config.Experts;
import dev.septet.llm.model.config.Family;
import dev.septet.llm.model.config.ModelConfig;
import dev.septet.llm.quantize.GgmlType;
import org.jspecify.annotations.Nullable;

/**
 * The type of each tensor in a format, by the rules of llama.cpp's quantize tool. The output matrix
 * gets more bits. In Q4_K_M, value and down projections also get more bits in the first and last
 * eighth of the layers and in every third layer between.
 *
 * @param tied whether the embedding is the output matrix
 */
record TypeMix(GgufForm form, int layers, @Nullable Experts experts, boolean tied, boolean valuesAreFew) {
    /**
     * Number of layers of the largest Llama 2, Llama 3 and Qwen models, where eight query heads
     * share one value head.
     */
    private static final int LAYERS_OF_70B = 80;

    private static final int EIGHT_EXPERTS = 8;

    static TypeMix of(GgufForm form, ModelConfig config) {
        boolean large = config.layers() == LAYERS_OF_70B
                && config.heads() != config.keyValueHeads()
                && (Architecture.of(config.family()) == Architecture.LLAMA || config.family() == Family.QWEN2);
        return new TypeMix(form, config.layers(), config.switches().experts(), config.tiedEmbeddings(), large);
    }

    GgmlType type(String name, Shape shape) {
        if (shape.dimension() < 2 || TensorNames.isRouter(name)) {
            return GgmlType.F32;
        }
        long row = shape.get(shape.dimension() - 1);
        GgmlType preferred = preferred(name, row);
        if (row % preferred.blockSize() != 0) {
            preferred = smaller(preferred);
        }
        return row % preferred.blockSize() == 0 ? preferred : GgmlType.F16;
    }

    private GgmlType preferred(String name, long row) {
        boolean mixes = form == GgufForm.Q4_0 || form == GgufForm.Q4_K_M;
        if (!mixes) {
            return form.usual();
        }
        if (name.equals(TensorNames.HEAD) || (tied && name.equals(TensorNames.EMBEDDINGS))) {
            return row % form.usual().blockSize() == 0 ? GgmlType.Q6_K : GgmlType.Q8_0;
        }
        boolean eight = experts != null && experts.count() == EIGHT_EXPERTS;
        if (eight && (name.endsWith(".attn_v.weight") || name.endsWith(".attn_k.weight"))) {
            return GgmlType.Q8_0;
        }
        if (form == GgufForm.Q4_0) {
            return GgmlType.Q4_0;
        }
        boolean more = TensorNames.block(name).map(this::isSensitive).orElse(false);
        if (name.endsWith(".attn_v.weight")) {
            return more ? GgmlType.Q6_K : valuesAreFew ? GgmlType.Q5_K : GgmlType.Q4_K;
        }
        if (name.contains(".ffn_down")) {
            return more ? GgmlType.Q6_K : GgmlType.Q4_K;
        }
        return eight && name.endsWith(".attn_output.weight") ? GgmlType.Q5_K : GgmlType.Q4_K;
    }

    private boolean isSensitive(int layer) {
        int eighth = layers / 8;
        return layer < eighth || layer >= 7 * layers / 8 || (layer - eighth) % 3 == 2;
    }

    /** If rows do not fill blocks of 256: the type with blocks of 32 that has at least as many bits. */
    private static GgmlType smaller(GgmlType type) {
        return switch (type) {
            case Q4_K -> GgmlType.Q5_0;
            case Q5_K -> GgmlType.Q5_1;
            case Q6_K -> GgmlType.Q8_0;
            default -> GgmlType.F16;
        };
    }
}
