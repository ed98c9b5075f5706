package dev.septet.llm.gguf;

import dev.septet.llm.format.FormatProblem;
import dev.septet.llm.format.ModelFolder;
import dev.septet.llm.model.config.ArchitectureOptions;
import dev.septet.llm.model.config.Experts;
import dev.septet.llm.model.config.ModelConfig;
import dev.septet.llm.model.config.RopeScaling;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/** The configuration of a model folder as GGUF metadata, with the architecture's name as prefix. */
final class GgufNumbers {
    private final ModelConfig config;
    private final Architecture architecture;
    private final Map<String, GgufValue> metadata = new LinkedHashMap<>();

    private GgufNumbers(ModelConfig config) {
        this.config = config;
        this.architecture = Architecture.of(config.family());
    }

    /**
     * The config of a model that can be written.
     *
     * @throws FormatProblem with the reason if it cannot be written
     */
    static ModelConfig config(ModelFolder model) {
        Path file = model.path().resolve(ModelFolder.CONFIG);
        ModelConfig config = ModelConfig.read(model.path());
        if (!model.architecture().equals(config.family().architecture())) {
            throw new FormatProblem(
                    file,
                    "has the architecture "
                            + model.architecture()
                            + "; for model_type "
                            + config.family().modelType()
                            + ", only "
                            + config.family().architecture()
                            + " can be written as GGUF here");
        }
        Optional<String> refusal = GgufExportCheck.refusal(config);
        if (refusal.isPresent()) {
            throw new FormatProblem(file, refusal.get());
        }
        return config;
    }

    static Map<String, GgufValue> metadata(ModelConfig config) {
        return new GgufNumbers(config).metadata();
    }

    private Map<String, GgufValue> metadata() {
        whole("block_count", config.layers());
        whole("context_length", context());
        whole("embedding_length", config.hiddenSize());
        whole("feed_forward_length", config.feedForwardSize());
        whole("attention.head_count", config.heads());
        whole("attention.head_count_kv", config.keyValueHeads());
        whole("attention.key_length", config.headSize());
        whole("attention.value_length", config.headSize());
        number("rope.freq_base", config.ropeTheta());
        number("attention.layer_norm_rms_epsilon", config.normEpsilon());
        if (architecture.pairsRows()) {
            whole("rope.dimension_count", config.headSize());
            whole("vocab_size", config.vocabularySize());
        }
        rope();
        if (architecture.isGemma()) {
            gemma(config.switches());
        }
        Experts experts = config.switches().experts();
        if (experts != null) {
            whole("expert_count", experts.count());
            whole("expert_used_count", experts.perToken());
        }
        return metadata;
    }

    private void rope() {
        if (config.ropeScaling() instanceof RopeScaling.Linear linear) {
            text("rope.scaling.type", "linear");
            number("rope.scaling.factor", linear.factor());
        } else if (config.ropeScaling() instanceof RopeScaling.Yarn yarn) {
            text("rope.scaling.type", "yarn");
            number("rope.scaling.factor", yarn.factor());
            whole("rope.scaling.original_context_length", yarn.originalPositions());
        }
    }

    private void gemma(ArchitectureOptions switches) {
        whole("attention.sliding_window", GgufExportCheck.window(config));
        if (switches.attentionCap() > 0) {
            number("attn_logit_softcapping", switches.attentionCap());
            number("final_logit_softcapping", switches.outputCap());
        }
        if (architecture == Architecture.GEMMA3) {
            number("rope.freq_base_swa", switches.localRopeTheta());
        }
    }

    /**
     * The context length in the file. llama.cpp supports windows only for Gemma. For other models,
     * the length of the window is written, because shorter contexts do not use it.
     */
    private int context() {
        return architecture.isGemma()
                ? config.maxPositions()
                : Math.min(config.maxPositions(), GgufExportCheck.window(config));
    }

    private void whole(String key, long value) {
        metadata.put(architecture.key(key), GgufValue.uint32(value));
    }

    private void number(String key, double value) {
        metadata.put(architecture.key(key), GgufValue.float32((float) value));
    }

    private void text(String key, String value) {
        metadata.put(architecture.key(key), GgufValue.text(value));
    }
}
