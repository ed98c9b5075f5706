package dev.septet.llm.gguf;

import ai.djl.ndarray.types.Shape;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.septet.llm.format.ElementType;
import dev.septet.llm.format.ModelFolder;
import dev.septet.llm.format.ModelFolderWriter;
import dev.septet.llm.format.StoredTensor;
import dev.septet.llm.format.TensorSource;
import dev.septet.llm.format.Tiny;
import dev.septet.llm.runtime.CounterRandom;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.Set;

/** Tiny random models of each family, with the tokenizer of the tiny Llama. */
final class FamilyFolder {
    private static final Set<Long> NARROW = Set.of(32L, 64L);
    private static final int WIDE = 256;
    private static final int HEAD = 8;

    private FamilyFolder() {}

    /** The family's model that make.py made, below the given folder. */
    static Path tiny(Path parent, String family) throws Exception {
        Path folder = Files.createDirectories(parent.resolve(family));
        for (String name : List.of("config.json", "model.safetensors")) {
            copy(resource("families/" + family + "/" + name), folder.resolve(name));
        }
        for (String name : List.of("tokenizer.json", "tokenizer_config.json", "chat_template.jinja")) {
            copy(Tiny.base().resolve(name), folder.resolve(name));
        }
        return folder;
    }

    /**
     * The same with other random weights and 256 numbers per token, in its queries and in its
     * feed-forward networks: such rows fill the blocks of 4-bit forms.
     */
    static Path wide(Path parent, String family) throws Exception {
        ModelFolder tiny = ModelFolder.open(tiny(parent, family));
        ObjectNode config = tiny.config().put("hidden_size", WIDE).put("intermediate_size", WIDE);
        config.put("num_attention_heads", WIDE / HEAD);
        List<TensorSource> tensors =
                tiny.tensors().values().stream().map(FamilyFolder::wide).toList();
        Path folder = parent.resolve(family + "-wide");
        ModelFolderWriter.write(folder, config, tensors, tiny, Long.MAX_VALUE);
        return folder;
    }

    private static TensorSource wide(StoredTensor tensor) {
        long[] shape = tensor.shape().getShape();
        long[] wide = shape.clone();
        for (int i = 0; i < shape.length; i++) {
            wide[i] = NARROW.contains(shape[i]) ? WIDE : shape[i];
        }
        float[] old = tensor.floats();
        double squares = 0;
        for (float value : old) {
            squares += value * value;
        }
        // values as large as the tiny model's, or sums of a row that are
        double wider = wide.length < 2 ? 1 : (double) wide[1] / shape[1];
        double scale = Math.sqrt(squares / old.length / wider);
        CounterRandom random = CounterRandom.stream(7, tensor.name());
        Shape made = new Shape(wide);
        return TensorSource.floats(tensor.name(), ElementType.F16, made, () -> {
            float[] values = new float[Math.toIntExact(made.size())];
            for (int i = 0; i < values.length; i++) {
                values[i] = (float) (scale * random.normal(i));
            }
            return values;
        });
    }

    private static void copy(Path from, Path to) throws IOException {
        if (!Files.exists(to)) {
            Files.copy(from, to);
        }
    }

    static Path resource(String name) throws Exception {
        return Path.of(Objects.requireNonNull(FamilyFolder.class.getResource(name), name)
                .toURI());
    }
}
