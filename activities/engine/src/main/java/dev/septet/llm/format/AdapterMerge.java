package dev.septet.llm.format;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.septet.llm.quantize.HalfFloats;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * Merges an adapter into its base model: W = W0 + scale B A, in float32, then stored in the
 * requested type. With DoRA, each row of that sum is scaled to its trained magnitude: W = m (W0 +
 * scale B A) / ||W0 + scale B A||.
 *
 * <p>Each element is summed in a fixed order, so the result does not depend on the number of
 * threads. One tensor is in memory at a time.
 *
 * @see <a href="https://arxiv.org/abs/2106.09685">Hu et al., 2021</a>
 * @see <a href="https://arxiv.org/abs/2402.09353">Liu et al., 2024 (DoRA)</a>
 */
public final class AdapterMerge {
    private AdapterMerge() {}

    /**
     * Writes the merged model as a complete model folder.
     *
     * @param type element type of every floating-point tensor of the result, or null to keep the
     *     base model's
     * @throws FormatProblem when the adapter does not match the base model
     */
    public static void write(ModelFolder base, PeftAdapter adapter, Path out, @Nullable ElementType type)
            throws IOException {
        requireFit(base, adapter);
        List<TensorSource> tensors = new ArrayList<>();
        for (StoredTensor weight : base.tensors().values()) {
            tensors.add(merged(weight, adapter, type));
        }
        ObjectNode config = base.config();
        if (type != null) {
            String field = config.has("dtype") ? "dtype" : "torch_dtype";
            config.put(field, type.torchName());
        }
        ModelFolderWriter.write(out, config, tensors, base, ModelFolderWriter.SHARD_BYTES);
    }

    private static TensorSource merged(StoredTensor weight, PeftAdapter adapter, @Nullable ElementType type) {
        Optional<LoraWeights> lora = adapter.of(weight.name());
        ElementType stored = type == null || !weight.type().isFloat() ? weight.type() : type;
        if (lora.isEmpty() && stored == weight.type()) {
            return TensorSource.of(weight);
        }
        return TensorSource.floats(weight.name(), stored, weight.shape(), () -> {
            float[] values = lora.isPresent() ? MergedMatrix.of(weight, lora.get()) : weight.floats();
            requireFinite(adapter, weight.name(), stored, values);
            return values;
        });
    }

    /** Prevents a merge of a diverged adapter, and the overflow of large weights to infinity. */
    private static void requireFinite(PeftAdapter adapter, String name, ElementType type, float[] values) {
        for (float value : values) {
            boolean fits = type != ElementType.F16 || Math.abs(value) < HalfFloats.F16_OVERFLOW;
            if (!Float.isFinite(value) || !fits) {
                throw new FormatProblem(
                        adapter.folder(), "merged, " + name + " holds " + value + ", which " + type + " cannot hold");
            }
        }
    }

    /**
     * Checks that an adapter belongs to a base model.
     *
     * @throws FormatProblem when a module is missing in the base model, or has another shape there
     */
    public static void requireFit(ModelFolder base, PeftAdapter adapter) {
        Set<String> unknown = new TreeSet<>();
        for (LoraWeights lora : adapter.modules().values()) {
            StoredTensor weight = base.tensors().get(lora.module() + ".weight");
            if (weight == null) {
                unknown.add(lora.module());
                continue;
            }
            long[] expected = {lora.b().shape().get(0), lora.a().shape().get(1)};
            if (!Arrays.equals(weight.shape().getShape(), expected)) {
                throw new FormatProblem(
                        base.path(),
                        String.format(
                                Locale.ROOT,
                                "%s has shape %s, but the adapter was made for %s: it belongs to another base model",
                                weight.name(),
                                weight.shape(),
                                Arrays.toString(expected)));
            }
        }
        if (!unknown.isEmpty()) {
            throw new FormatProblem(
                    base.path(), "has no weights for modules that the adapter changes: " + String.join(", ", unknown));
        }
    }
}
