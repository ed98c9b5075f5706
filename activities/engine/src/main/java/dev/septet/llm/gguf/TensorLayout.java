package dev.septet.llm.gguf;

import ai.djl.ndarray.types.Shape;
import dev.septet.llm.format.FormatProblem;
import dev.septet.llm.format.ModelFolder;
import dev.septet.llm.format.StoredTensor;
import dev.septet.llm.model.config.ModelConfig;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * A tensor of a model folder in GGUF's layout. GGUF has other names and another row order, and
 * stacks all experts of a layer in one tensor. Gemma's norms, which multiply by 1 + w, are stored
 * as 1 + w.
 *
 * @param parts one, or one per expert
 */
record TensorLayout(String name, List<StoredTensor> parts, ModelConfig config) {
    private static final String FREQUENCIES = ".rotary_emb.inv_freq";

    TensorLayout {
        parts = List.copyOf(parts);
    }

    /**
     * All tensors of a model, in the order of its files. A tied output matrix is omitted. Rotary
     * frequencies, which older checkpoints store although the config determines them, are omitted
     * too.
     */
    static List<TensorLayout> of(ModelFolder model, ModelConfig config) {
        TensorNames names = TensorNames.of(Architecture.of(config.family()));
        Map<String, Map<Integer, StoredTensor>> places = new LinkedHashMap<>();
        for (StoredTensor tensor : model.tensors().values()) {
            if (tensor.name().endsWith(FREQUENCIES)) {
                continue;
            }
            TensorNames.Place place = names.gguf(model.path(), tensor.name());
            if (!config.tiedEmbeddings() || !place.name().equals(TensorNames.HEAD)) {
                places.computeIfAbsent(place.name(), name -> new TreeMap<>()).put(place.expert(), tensor);
            }
        }
        List<TensorLayout> layouts = new ArrayList<>();
        places.forEach((name, parts) -> {
            requireAll(model, name, parts);
            layouts.add(new TensorLayout(name, List.copyOf(parts.values()), config));
        });
        return layouts;
    }

    private static void requireAll(ModelFolder model, String name, Map<Integer, StoredTensor> parts) {
        Shape shape = null;
        int expected = 0;
        for (Map.Entry<Integer, StoredTensor> part : parts.entrySet()) {
            Shape own = part.getValue().shape();
            if (part.getKey() != expected || (shape != null && !shape.equals(own))) {
                throw new FormatProblem(model.path(), "experts of " + name + " are missing, or of unequal shapes");
            }
            shape = own;
            expected++;
        }
    }

    /** The name in the folder; for several experts, the name of the first. */
    String original() {
        return parts.get(0).name();
    }

    /** Bytes in the folder's files. */
    long originalBytes() {
        return parts.stream().mapToLong(part -> part.bytes().remaining()).sum();
    }

    /** (out, in) of a matrix, (experts, out, in) of experts, (size) of a vector. */
    Shape shape() {
        Shape one = parts.get(0).shape();
        return isStack() ? new Shape(parts.size(), one.get(0), one.dimension() < 2 ? 1 : one.get(1)) : one;
    }

    /** The converted values; experts are concatenated. */
    float[] floats() {
        if (isStack()) {
            float[] all = new float[Math.toIntExact(shape().size())];
            int at = 0;
            for (StoredTensor part : parts) {
                float[] values = part.floats();
                System.arraycopy(values, 0, all, at, values.length);
                at += values.length;
            }
            return all;
        }
        float[] values = parts.get(0).floats();
        if (config.switches().offsetNorms() && TensorNames.isNorm(name)) {
            for (int i = 0; i < values.length; i++) {
                values[i] += 1;
            }
        }
        return Architecture.of(config.family()).pairsRows() ? inPairs(values) : values;
    }

    private float[] inPairs(float[] values) {
        int columns = parts.get(0).shape().dimension() < 2
                ? 1
                : (int) parts.get(0).shape().get(1);
        if (TensorNames.isQuery(name)) {
            return HeadRows.toPairs(values, config.heads(), columns);
        }
        return TensorNames.isKey(name) ? HeadRows.toPairs(values, config.keyValueHeads(), columns) : values;
    }

    private boolean isStack() {
        return name.contains("_exps.");
    }
}
