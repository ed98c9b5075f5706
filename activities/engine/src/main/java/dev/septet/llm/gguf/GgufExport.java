package dev.septet.llm.gguf;

import ai.djl.ndarray.types.Shape;
import dev.septet.llm.format.FormatProblem;
import dev.septet.llm.format.ModelFolder;
import dev.septet.llm.model.config.ModelConfig;
import dev.septet.llm.model.config.RopeScaling;
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
 * Writes a model folder as GGUF. Names, row order and metadata are those of llama.cpp's converter;
 * types are those of its quantize tool.
 */
public final class GgufExport {
    private final ModelFolder model;
    private final ModelConfig config;
    private final GgufForm form;
    private final TypeMix types;
    private final List<TensorError> errors = new ArrayList<>();

    private GgufExport(ModelFolder model, GgufForm form) {
        this.model = model;
        this.config = GgufNumbers.config(model);
        this.form = form;
        this.types = TypeMix.of(form, config);
    }

    /**
     * Writes the file and returns the rounding error of each tensor. One tensor is in memory at a
     * time.
     *
     * @param name of the model, as tools show it
     * @throws FormatProblem when GGUF cannot express the model or its tokenizer, or a weight does
     *     not fit the type
     */
    public static QuantizationReport write(ModelFolder model, Path file, String name, GgufForm form)
            throws IOException {
        return new GgufExport(model, form).write(file, name);
    }

    /**
     * Checks whether a model with this config and tokenizer can be written, whatever its weights.
     *
     * @throws FormatProblem with the reason if it cannot
     */
    public static void check(ModelFolder model) throws IOException {
        ModelConfig config = GgufNumbers.config(model);
        TensorLayout.of(model, config);
        GgufVocabulary.metadata(model, config.vocabularySize());
    }

    private QuantizationReport write(Path file, String name) throws IOException {
        List<GgufTensorSource> sources = new ArrayList<>();
        long originalBytes = 0;
        for (TensorLayout tensor : TensorLayout.of(model, config)) {
            GgmlType type = types.type(tensor.name(), tensor.shape());
            sources.add(new GgufTensorSource(tensor.name(), type, tensor.shape(), () -> blocks(tensor, type)));
            originalBytes += tensor.originalBytes();
        }
        if (config.ropeScaling() instanceof RopeScaling.Llama3 scaling) {
            float[] divisors = RopeScalingKeys.divisors(scaling, config.headSize(), config.ropeTheta());
            sources.add(new GgufTensorSource(
                    RopeScalingKeys.TENSOR,
                    GgmlType.F32,
                    new Shape(divisors.length),
                    () -> GgmlType.F32.encode(divisors)));
        }
        GgufWriter.write(file, metadata(name), sources);
        return new QuantizationReport(originalBytes, errors);
    }

    private Map<String, GgufValue> metadata(String name) throws IOException {
        Map<String, GgufValue> metadata = new LinkedHashMap<>();
        String architecture = Architecture.of(config.family()).word();
        metadata.put("general.architecture", GgufValue.text(architecture));
        metadata.put("general.type", GgufValue.text("model"));
        metadata.put("general.name", GgufValue.text(name));
        model.license().ifPresent(license -> metadata.put("general.license", GgufValue.text(license)));
        metadata.put("general.file_type", GgufValue.uint32(form.fileType()));
        metadata.put("general.quantization_version", GgufValue.uint32(2));
        metadata.putAll(GgufNumbers.metadata(config));
        metadata.putAll(GgufVocabulary.metadata(model, config.vocabularySize()));
        return metadata;
    }

    private ByteBuffer blocks(TensorLayout tensor, GgmlType type) {
        float[] values = tensor.floats();
        ByteBuffer blocks = type.encode(values);
        TensorError error = TensorError.of(tensor.name(), type, values, type.decode(blocks));
        if (!error.isFinite()) {
            throw new FormatProblem(
                    model.path(), "tensor " + tensor.original() + " holds values that " + type + " cannot hold");
        }
        errors.add(error);
        return blocks;
    }
}
