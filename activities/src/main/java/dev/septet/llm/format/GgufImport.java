package dev.septet.llm.format;

import ai.djl.ndarray.types.Shape;

import com.fasterxml.jackson.databind.node.ObjectNode;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Turns a GGUF of the llama architecture into a Hugging Face folder, so that it can be a base
 * model.
 */
public final class GgufImport {
    private final GgufFile gguf;
    private final LlamaShape shape;
    private final GgufTokenizer tokenizer;

    private GgufImport(GgufFile gguf) {
        this.gguf = gguf;
        this.shape = LlamaShape.of(gguf);
        this.tokenizer = GgufTokenizer.of(gguf);
    }

    /**
     * Writes config, tokenizer and dequantised weights. One tensor is in memory at a time; equal
     * input, equal bytes.
     *
     * @param type element type of the weights: F32, F16 or BF16
     * @throws FormatProblem when the file is damaged, or says what is not understood here
     */
    public static void write(Path gguf, Path folder, ElementType type) throws IOException {
        new GgufImport(GgufFile.open(gguf)).write(folder, type);
    }

    /**
     * Writes what is needed to turn texts into this file's tokens, and conversations into texts.
     *
     * @throws FormatProblem when the file is damaged, or has a tokenizer that is not understood
     *     here
     */
    public static void writeTokenizer(Path gguf, Path folder) throws IOException {
        Files.createDirectories(folder);
        GgufTokenizer.of(GgufFile.open(gguf)).write(folder);
    }

    private void write(Path folder, ElementType type) throws IOException {
        List<TensorSource> tensors = new ArrayList<>();
        for (GgufTensor tensor : gguf.tensors().values()) {
            String name = LlamaNames.huggingFace(gguf.file(), tensor.name());
            requireFit(tensor);
            tensors.add(TensorSource.floats(name, type, tensor.shape(), () -> values(tensor)));
        }
        Files.createDirectories(folder);
        ModelFolderWriter.weights(folder, tensors, ModelFolderWriter.SHARD_BYTES);
        ModelFolderWriter.json(folder.resolve(ModelFolder.CONFIG), config(type));
        tokenizer.write(folder);
        Optional<String> license = gguf.text("general.license");
        if (license.isPresent()) {
            String line = license.get().lines().findFirst().orElse("");
            String card = "---\nlicense: " + line + "\n---\n";
            Files.writeString(folder.resolve("README.md"), card, StandardCharsets.UTF_8);
        }
    }

    private ObjectNode config(ElementType type) {
        ObjectNode config = shape.config();
        config.put("attention_bias", gguf.tensors().containsKey("blk.0.attn_q.bias"));
        config.put("mlp_bias", gguf.tensors().containsKey("blk.0.ffn_up.bias"));
        config.put("tie_word_embeddings", !gguf.tensors().containsKey(LlamaNames.HEAD));
        config.put("torch_dtype", type.torchName());
        tokenizer
                .special()
                .forEach(
                        (role, id) -> {
                            if (!role.equals("unknown")) {
                                config.put(SpecialTokens.FIELDS.get(role) + "_id", id);
                            }
                        });
        return config;
    }

    private float[] values(GgufTensor tensor) {
        int columns = tensor.shape().dimension() < 2 ? 1 : (int) tensor.shape().get(1);
        float[] values = tensor.floats();
        if (LlamaNames.isQuery(tensor.name())) {
            return HeadRows.toHalves(values, shape.heads(), columns);
        }
        return LlamaNames.isKey(tensor.name())
                ? HeadRows.toHalves(values, shape.keyHeads(), columns)
                : values;
    }

    private void requireFit(GgufTensor tensor) {
        long rows = tensor.shape().dimension() == 0 ? 0 : tensor.shape().get(0);
        long expected = rows;
        if (LlamaNames.isQuery(tensor.name())) {
            expected = (long) shape.heads() * shape.headSize();
        } else if (LlamaNames.isKey(tensor.name())) {
            expected = (long) shape.keyHeads() * shape.headSize();
        } else if (tensor.name().equals(LlamaNames.EMBEDDINGS)) {
            expected = shape.vocabulary();
        }
        if (rows != expected || tensor.shape().equals(new Shape())) {
            throw new FormatProblem(
                    gguf.file(),
                    "tensor " + tensor.name() + " has " + rows + " rows, expected " + expected);
        }
    }
}
