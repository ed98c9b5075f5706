package dev.septet.llm.format;

import com.fasterxml.jackson.databind.node.ObjectNode;

import org.jspecify.annotations.Nullable;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.IntStream;

/**
 * Folds an adapter into its base model: W = W0 + scale B A, in float32, then stored in the wanted
 * type. With DoRA each row of that sum is scaled to its trained magnitude: W = m (W0 + scale B A) /
 * ||W0 + scale B A||.
 *
 * <p>Each element is summed in one fixed order, so the result does not depend on the number of
 * threads. One tensor is in memory at a time.
 *
 * @see <a href="https://arxiv.org/abs/2106.09685">Hu et al., 2021</a>
 * @see <a href="https://arxiv.org/abs/2402.09353">Liu et al., 2024 (DoRA)</a>
 */
public final class Merge {
    private static final Map<ElementType, String> TORCH_NAMES =
            Map.of(
                    ElementType.F32,
                    "float32",
                    ElementType.F16,
                    "float16",
                    ElementType.BF16,
                    "bfloat16");

    private Merge() {}

    /**
     * Writes the merged model as a complete model folder.
     *
     * @param type element type of every floating-point tensor of the result, or null to keep the
     *     base model's
     * @throws FormatProblem when the adapter does not fit the base model
     */
    public static void write(
            ModelFolder base, PeftAdapter adapter, Path out, @Nullable ElementType type)
            throws IOException {
        requireFit(base, adapter);
        List<TensorSource> tensors = new ArrayList<>();
        for (StoredTensor weight : base.tensors().values()) {
            tensors.add(merged(weight, adapter, type));
        }
        ObjectNode config = base.config();
        if (type != null) {
            String field = config.has("dtype") ? "dtype" : "torch_dtype";
            config.put(field, TORCH_NAMES.get(type));
        }
        ModelFolderWriter.write(out, config, tensors, base, ModelFolderWriter.SHARD_BYTES);
    }

    private static TensorSource merged(
            StoredTensor weight, PeftAdapter adapter, @Nullable ElementType type) {
        LoraWeights lora =
                weight.name().endsWith(".weight")
                        ? adapter.modules()
                                .get(
                                        weight.name()
                                                .substring(
                                                        0,
                                                        weight.name().length()
                                                                - ".weight".length()))
                        : null;
        ElementType stored = type == null || !weight.type().isFloat() ? weight.type() : type;
        if (lora != null) {
            return TensorSource.floats(
                    weight.name(), stored, weight.shape(), () -> add(weight, lora));
        }
        if (stored == weight.type()) {
            return TensorSource.of(weight);
        }
        return TensorSource.floats(weight.name(), stored, weight.shape(), weight::floats);
    }

    /** The merged matrix (out, in), row-major. */
    static float[] add(StoredTensor weight, LoraWeights lora) {
        int rows = (int) weight.shape().get(0);
        int columns = (int) weight.shape().get(1);
        float[] merged = weight.floats();
        float[] a = lora.a().floats();
        float[] b = lora.b().floats();
        float[] magnitude = lora.magnitude() == null ? null : lora.magnitude().floats();
        float scale = (float) lora.scale();
        int rank = lora.rank();
        IntStream.range(0, rows)
                .parallel()
                .forEach(
                        row -> {
                            float[] product = new float[columns];
                            for (int k = 0; k < rank; k++) {
                                float factor = b[row * rank + k];
                                for (int j = 0; j < columns; j++) {
                                    product[j] += factor * a[k * columns + j];
                                }
                            }
                            int at = row * columns;
                            for (int j = 0; j < columns; j++) {
                                merged[at + j] += scale * product[j];
                            }
                            if (magnitude != null) {
                                scaleRow(merged, at, columns, magnitude[row]);
                            }
                        });
        return merged;
    }

    private static void scaleRow(float[] values, int from, int length, float magnitude) {
        double squares = 0;
        for (int j = from; j < from + length; j++) {
            squares += (double) values[j] * values[j];
        }
        float factor = (float) (magnitude / Math.sqrt(squares));
        for (int j = from; j < from + length; j++) {
            values[j] *= factor;
        }
    }

    private static void requireFit(ModelFolder base, PeftAdapter adapter) {
        Set<String> unknown = new TreeSet<>();
        for (LoraWeights lora : adapter.modules().values()) {
            StoredTensor weight = base.tensors().get(lora.module() + ".weight");
            if (weight == null) {
                unknown.add(lora.module());
                continue;
            }
            long[] wanted = {lora.b().shape().get(0), lora.a().shape().get(1)};
            if (!Arrays.equals(weight.shape().getShape(), wanted)) {
                throw new FormatProblem(
                        base.path(),
                        String.format(
                                Locale.ROOT,
                                "%s has shape %s, but the adapter was made for %s: it belongs to another base model",
                                weight.name(),
                                weight.shape(),
                                Arrays.toString(wanted)));
            }
        }
        if (!unknown.isEmpty()) {
            throw new FormatProblem(
                    base.path(),
                    "has no weights for modules that the adapter changes: "
                            + String.join(", ", unknown));
        }
    }
}
