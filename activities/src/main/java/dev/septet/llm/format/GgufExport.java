package dev.septet.llm.format;

import ai.djl.ndarray.types.Shape;

import dev.septet.llm.quantize.GgmlType;
import dev.septet.llm.quantize.QuantizationReport;
import dev.septet.llm.quantize.TensorError;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Writes a Llama model folder as GGUF, with the names and the order of rows that llama.cpp's own
 * converter gives. Stored as Q8_0, this is also the project's 8-bit form of a model.
 */
public final class GgufExport {
    /** GGUF's {@code general.file_type} of a model whose matrices have this type. */
    private static final Map<GgmlType, Integer> FILE_TYPES =
            Map.of(GgmlType.F32, 0, GgmlType.F16, 1, GgmlType.Q8_0, 7, GgmlType.BF16, 32);

    private final ModelFolder model;
    private final LlamaShape shape;
    private final GgmlType type;
    private final List<TensorError> errors = new ArrayList<>();

    private GgufExport(ModelFolder model, GgmlType type) {
        this.model = model;
        this.shape = LlamaShape.of(model);
        this.type = type;
    }

    /**
     * Writes the file and says what its rounding cost, tensor by tensor. One tensor is in memory at
     * a time.
     *
     * @param name of the model, as tools show it
     * @param type of the matrices: F32, F16, BF16 or Q8_0; vectors stay float32
     * @throws FormatProblem when the model or its tokenizer cannot be said in GGUF, or a weight
     *     does not fit the type
     */
    public static QuantizationReport write(ModelFolder model, Path file, String name, GgmlType type)
            throws IOException {
        if (!FILE_TYPES.containsKey(type)) {
            throw new IllegalArgumentException(
                    "cannot write " + type + ", only F32, F16, BF16 and Q8_0");
        }
        return new GgufExport(model, type).write(file, name);
    }

    private QuantizationReport write(Path file, String name) throws IOException {
        List<GgufTensorSource> sources = new ArrayList<>();
        boolean tied = model.config().path("tie_word_embeddings").asBoolean();
        long originalBytes = 0;
        for (StoredTensor tensor : model.tensors().values()) {
            String target = LlamaNames.gguf(model.path(), tensor.name());
            if (!tied || !target.equals(LlamaNames.HEAD)) {
                sources.add(source(tensor, target));
                originalBytes += tensor.bytes().remaining();
            }
        }
        RopeStretch.divisors(LlamaShape.rope(model.config()), shape.headSize(), shape.ropeBase())
                .ifPresent(divisors -> sources.add(rope(divisors)));
        GgufWriter.write(file, metadata(name), sources);
        return new QuantizationReport(originalBytes, errors);
    }

    private static GgufTensorSource rope(float[] divisors) {
        return new GgufTensorSource(
                RopeStretch.TENSOR,
                GgmlType.F32,
                new Shape(divisors.length),
                () -> GgmlType.F32.encode(divisors));
    }

    private Map<String, GgufValue> metadata(String name) throws IOException {
        Map<String, GgufValue> metadata = new LinkedHashMap<>();
        metadata.put("general.architecture", GgufValue.text("llama"));
        metadata.put("general.type", GgufValue.text("model"));
        metadata.put("general.name", GgufValue.text(name));
        model.license()
                .ifPresent(license -> metadata.put("general.license", GgufValue.text(license)));
        metadata.put("general.file_type", GgufValue.uint32(FILE_TYPES.getOrDefault(type, 0)));
        metadata.put("general.quantization_version", GgufValue.uint32(2));
        metadata.putAll(shape.metadata());
        metadata.putAll(GgufVocabulary.metadata(model, shape.vocabulary()));
        return metadata;
    }

    private GgufTensorSource source(StoredTensor tensor, String target) {
        Shape dimensions = tensor.shape();
        GgmlType stored = type;
        if (dimensions.dimension() < 2) {
            stored = GgmlType.F32;
        } else if (dimensions.get(dimensions.dimension() - 1) % type.blockSize() != 0) {
            stored = GgmlType.F16; // as llama.cpp falls back where rows do not fill blocks
        }
        GgmlType chosen = stored;
        return new GgufTensorSource(
                target, chosen, dimensions, () -> blocks(tensor, target, chosen));
    }

    private ByteBuffer blocks(StoredTensor tensor, String target, GgmlType stored) {
        float[] values = tensor.floats();
        int columns = tensor.shape().dimension() < 2 ? 1 : (int) tensor.shape().get(1);
        if (LlamaNames.isQuery(target)) {
            values = HeadRows.toPairs(values, shape.heads(), columns);
        } else if (LlamaNames.isKey(target)) {
            values = HeadRows.toPairs(values, shape.keyHeads(), columns);
        }
        ByteBuffer blocks = stored.encode(values);
        TensorError error = TensorError.of(target, stored, values, stored.decode(blocks));
        if (!error.isFinite()) {
            throw new FormatProblem(
                    model.path(),
                    "tensor " + tensor.name() + " holds values that " + stored + " cannot hold");
        }
        errors.add(error);
        return blocks;
    }
}
