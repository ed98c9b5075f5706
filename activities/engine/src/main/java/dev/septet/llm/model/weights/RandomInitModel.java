package dev.septet.llm.model.weights;

import ai.djl.ndarray.types.Shape;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.septet.llm.format.ElementType;
import dev.septet.llm.format.SafetensorsWriter;
import dev.septet.llm.format.TensorSource;
import dev.septet.llm.model.config.Layout;
import dev.septet.llm.model.config.ModelConfig;
import dev.septet.llm.model.config.RandomInitConfig;
import dev.septet.llm.runtime.CounterRandom;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;

/** Writes a model with random weights, to be pretrained. */
public final class RandomInitModel {
    private static final double DEVIATION = 0.02;

    private RandomInitModel() {}

    /**
     * Writes {@code config.json} and {@code model.safetensors}. The caller writes the tokenizer's
     * files. Equal arguments give equal bytes.
     *
     * <p>Norm weights are 1. Matrices are normally distributed with standard deviation 0.02,
     * divided by sqrt(2 layers) if they write to the residual stream.
     *
     * @param config of a Llama
     * @param type F32, F16 or BF16
     * @see <a href="https://cdn.openai.com/better-language-models/language_models.pdf">Radford et
     *     al., 2019, on residual layers</a>
     */
    public static void write(Path folder, ModelConfig config, ElementType type, long seed) throws IOException {
        writeWeights(folder, config, type, seed);
        Files.writeString(
                folder.resolve("config.json"),
                new ObjectMapper()
                                .writerWithDefaultPrettyPrinter()
                                .writeValueAsString(RandomInitConfig.json(config, torchName(type)))
                        + "\n");
    }

    /** Writes only {@code model.safetensors}, for a model of any family. */
    public static void writeWeights(Path folder, ModelConfig config, ElementType type, long seed) throws IOException {
        List<TensorSource> tensors = Layout.of(config).stream()
                .map(slot -> TensorSource.floats(
                        slot.name(), type, slot.shape(), () -> values(config, slot.name(), slot.shape(), seed)))
                .toList();
        Files.createDirectories(folder);
        SafetensorsWriter.write(folder.resolve("model.safetensors"), Map.of("format", "pt"), tensors);
    }

    private static float[] values(ModelConfig config, String name, Shape shape, long seed) {
        float[] values = new float[Math.toIntExact(shape.size())];
        if (shape.dimension() == 1) {
            Arrays.fill(values, 1);
            return values;
        }
        boolean residual = name.endsWith("o_proj.weight") || name.endsWith("down_proj.weight");
        double deviation = DEVIATION / (residual ? Math.sqrt(2.0 * config.layers()) : 1);
        CounterRandom random = CounterRandom.stream(seed, name);
        for (int i = 0; i < values.length; i++) {
            values[i] = (float) (deviation * random.normal(i));
        }
        return values;
    }

    private static String torchName(ElementType type) {
        return switch (type) {
            case F32 -> "float32";
            case F16 -> "float16";
            case BF16 -> "bfloat16";
            default -> throw new IllegalArgumentException("weights cannot be " + type);
        };
    }
}
