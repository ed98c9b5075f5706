package dev.septet.activities.deploy;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.septet.activities.attempt.TinyPipeline;
import dev.septet.llm.format.ModelFolder;
import dev.septet.llm.format.ModelFolderWriter;
import dev.septet.llm.format.StoredTensor;
import dev.septet.llm.format.TensorSource;
import dev.septet.llm.runtime.CounterRandom;
import dev.septet.llm.tokenizer.Tokenizer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Base models of small chains: random ones, and the repository's own. */
record SmallBase(SmallChain.Plan plan) {
    /** The repository's base model, trained by its quickstart's makers. */
    private static final Path OWN_BASE = Path.of("../../examples/quickstart/base-model");

    /**
     * A base model of this seed. Tokens that are no plain text have empty embeddings: they are
     * never the likeliest, so that answers are text.
     */
    void write(Path folder, long seed) throws IOException {
        ModelFolder model = ModelFolder.open(plan.own() ? OWN_BASE : TinyPipeline.baseModel());
        List<TensorSource> tensors = new ArrayList<>();
        for (StoredTensor tensor : model.tensors().values()) {
            tensors.add(
                    TensorSource.floats(tensor.name(), plan.type(), tensor.shape(), () -> noisy(model, tensor, seed)));
        }
        ObjectNode config = model.config();
        config.put(config.has("dtype") ? "dtype" : "torch_dtype", torchName());
        ModelFolderWriter.write(folder, config, tensors, model, Long.MAX_VALUE);
        if (!plan.own()) {
            // The llama.cpp of this test takes away a beginning-of-text token that the template
            // writes, as the chain found; here no template writes it.
            Path words = folder.resolve("tokenizer_config.json");
            Files.writeString(
                    words,
                    Files.readString(words)
                            .replace("\"bos_token\": \"<|im_start|>\"", "\"bos_token\": \"<|endoftext|>\""));
        }
    }

    private String torchName() {
        return switch (plan.type()) {
            case F32 -> "float32";
            case F16 -> "float16";
            default -> "bfloat16";
        };
    }

    private float[] noisy(ModelFolder model, StoredTensor tensor, long seed) {
        float[] values = tensor.floats();
        if (plan.own() || tensor.shape().dimension() < 2) {
            return values;
        }
        CounterRandom random = CounterRandom.stream(seed, tensor.name());
        for (int i = 0; i < values.length; i++) {
            values[i] += (float) (0.1 * random.normal(i));
        }
        if (tensor.name().equals("model.embed_tokens.weight")) {
            int width = (int) tensor.shape().get(1);
            try (Tokenizer tokenizer = Tokenizer.open(model.path())) {
                for (int id = 3; id < tensor.shape().get(0); id++) {
                    String text = id < tokenizer.vocabularySize() ? tokenizer.decode(new int[] {id}, false) : "";
                    if (!text.matches("[ -~]+")) {
                        java.util.Arrays.fill(values, id * width, (id + 1) * width, 0);
                    }
                }
            }
        }
        return values;
    }
}
