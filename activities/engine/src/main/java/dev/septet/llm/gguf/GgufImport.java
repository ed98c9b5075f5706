package dev.septet.llm.gguf;

import ai.djl.ndarray.types.Shape;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.septet.llm.format.ElementType;
import dev.septet.llm.format.FormatProblem;
import dev.septet.llm.format.ModelFolder;
import dev.septet.llm.format.ModelFolderWriter;
import dev.septet.llm.format.TensorSource;
import dev.septet.llm.model.config.ModelConfig;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Converts a GGUF file to a Hugging Face model folder, so that it can be a base model. */
public final class GgufImport {
    private final GgufFile gguf;
    private final Architecture architecture;
    private final TensorNames names;

    private GgufImport(GgufFile gguf) {
        this.gguf = gguf;
        this.architecture = Architecture.of(gguf);
        this.names = TensorNames.of(architecture);
    }

    /**
     * Writes config, tokenizer and dequantized weights. One tensor is in memory at a time. Equal
     * input gives equal bytes.
     *
     * @param type element type of the weights: F32, F16 or BF16
     * @throws FormatProblem when the file is damaged or has an unsupported feature
     */
    public static void write(Path gguf, Path folder, ElementType type) throws IOException {
        new GgufImport(GgufFile.open(gguf)).write(folder, type);
    }

    /**
     * Writes the tokenizer and the chat template.
     *
     * @throws FormatProblem when the file is damaged or has an unsupported tokenizer
     */
    public static void writeTokenizer(Path gguf, Path folder) throws IOException {
        Files.createDirectories(folder);
        GgufTokenizer.of(GgufFile.open(gguf)).write(folder);
    }

    /**
     * Writes only the config.json.
     *
     * @throws FormatProblem when the file is damaged or has an unsupported feature
     */
    public static void writeConfig(Path gguf, Path folder, ElementType type) throws IOException {
        ModelFolderWriter.json(folder.resolve(ModelFolder.CONFIG), GgufConfig.of(GgufFile.open(gguf), type));
        ModelConfig.read(folder);
    }

    private void write(Path folder, ElementType type) throws IOException {
        GgufTokenizer tokenizer = GgufTokenizer.of(gguf);
        Files.createDirectories(folder);
        ObjectNode json = GgufConfig.of(gguf, type);
        tokenizer.addEnds(json);
        ModelFolderWriter.json(folder.resolve(ModelFolder.CONFIG), json);
        ModelConfig config = ModelConfig.read(folder);
        List<TensorSource> tensors = new ArrayList<>();
        for (GgufTensor tensor : gguf.tensors().values()) {
            if (!tensor.name().equals(RopeScalingKeys.TENSOR)) {
                requireFit(tensor, config);
                tensors.addAll(sources(tensor, config, type));
            }
        }
        ModelFolderWriter.weights(folder, tensors, ModelFolderWriter.SHARD_BYTES);
        tokenizer.write(folder);
        Optional<String> license = gguf.text("general.license");
        if (license.isPresent()) {
            String line = license.get().lines().findFirst().orElse("");
            String card = "---\nlicense: " + line + "\n---\n";
            Files.writeString(folder.resolve("README.md"), card, StandardCharsets.UTF_8);
        }
    }

    private List<TensorSource> sources(GgufTensor tensor, ModelConfig config, ElementType type) {
        Shape shape = tensor.shape();
        if (shape.dimension() < 3) {
            String name = names.huggingFace(gguf.file(), tensor.name(), 0);
            return List.of(TensorSource.floats(name, type, shape, () -> values(tensor, config)));
        }
        List<TensorSource> experts = new ArrayList<>();
        Shape one = new Shape(shape.get(1), shape.get(2));
        int bytes = (int) tensor.type().bytes(one.size());
        for (int expert = 0; expert < shape.get(0); expert++) {
            ByteBuffer part = tensor.bytes().slice(expert * bytes, bytes);
            experts.add(TensorSource.floats(
                    names.huggingFace(gguf.file(), tensor.name(), expert),
                    type,
                    one,
                    () -> tensor.type().decode(part)));
        }
        return experts;
    }

    private float[] values(GgufTensor tensor, ModelConfig config) {
        float[] values = tensor.floats();
        if (config.switches().offsetNorms() && TensorNames.isNorm(tensor.name())) {
            for (int i = 0; i < values.length; i++) {
                values[i] -= 1;
            }
        }
        int columns = tensor.shape().dimension() < 2 ? 1 : (int) tensor.shape().get(1);
        if (architecture.pairsRows() && TensorNames.isQuery(tensor.name())) {
            return HeadRows.toHalves(values, config.heads(), columns);
        }
        return architecture.pairsRows() && TensorNames.isKey(tensor.name())
                ? HeadRows.toHalves(values, config.keyValueHeads(), columns)
                : values;
    }

    private void requireFit(GgufTensor tensor, ModelConfig config) {
        long rows = tensor.shape().dimension() == 0 ? 0 : tensor.shape().get(0);
        long expected = rows;
        if (TensorNames.isQuery(tensor.name())) {
            expected = (long) config.heads() * config.headSize();
        } else if (TensorNames.isKey(tensor.name())) {
            expected = (long) config.keyValueHeads() * config.headSize();
        } else if (tensor.name().equals(TensorNames.EMBEDDINGS)) {
            expected = config.vocabularySize();
        } else if (tensor.shape().dimension() > 2) {
            expected = config.switches().experts() == null
                    ? -1
                    : config.switches().experts().count();
        }
        if (rows != expected || tensor.shape().equals(new Shape())) {
            throw new FormatProblem(
                    gguf.file(), "tensor " + tensor.name() + " has " + rows + " rows, expected " + expected);
        }
    }
}
