package dev.septet.llm.format;

import com.fasterxml.jackson.core.util.DefaultIndenter;
import com.fasterxml.jackson.core.util.DefaultPrettyPrinter;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectWriter;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/** Writes a model as a Hugging Face folder. Equal input gives equal bytes in every file. */
public final class ModelFolderWriter {
    /** Maximum size of a shard's tensors in bytes, as in transformers. */
    public static final long SHARD_BYTES = 5_000_000_000L;

    /** Further files of a model, copied byte for byte from the base model. */
    private static final List<String> COMPANIONS = List.of(
            ModelFolder.TOKENIZER,
            ModelFolder.TOKENIZER_CONFIG,
            ModelFolder.CHAT_TEMPLATE,
            ModelFolder.GENERATION_CONFIG,
            "special_tokens_map.json",
            "added_tokens.json",
            "vocab.json",
            "merges.txt",
            "tokenizer.model",
            "LICENSE");

    private static final Map<String, String> METADATA = Map.of("format", "pt");
    private static final ObjectWriter PRETTY = StrictJson.MAPPER.writer(new DefaultPrettyPrinter()
            .withObjectIndenter(new DefaultIndenter("  ", "\n"))
            .withArrayIndenter(new DefaultIndenter("  ", "\n")));

    private ModelFolderWriter() {}

    /**
     * Writes the config, the weights, and a copy of another model's further files. Weights above
     * {@code shardBytes} are split into shards.
     */
    public static void write(
            Path folder, ObjectNode config, List<TensorSource> tensors, ModelFolder companions, long shardBytes)
            throws IOException {
        Files.createDirectories(folder);
        json(folder.resolve(ModelFolder.CONFIG), config);
        weights(folder, tensors, shardBytes);
        for (String name : COMPANIONS) {
            Optional<Path> file = companions.file(name);
            if (file.isPresent()) {
                Files.copy(file.get(), folder.resolve(name), StandardCopyOption.REPLACE_EXISTING);
            }
        }
    }

    /** Writes only the weights, in shards if they exceed {@code shardBytes}. */
    public static void weights(Path folder, List<TensorSource> tensors, long shardBytes) throws IOException {
        List<List<TensorSource>> shards = shards(tensors, shardBytes);
        if (shards.size() == 1) {
            SafetensorsWriter.write(folder.resolve(WeightFiles.SINGLE), METADATA, shards.get(0));
            return;
        }
        Map<String, String> shardOf = new TreeMap<>();
        for (int i = 0; i < shards.size(); i++) {
            String name = String.format(Locale.ROOT, "model-%05d-of-%05d.safetensors", i + 1, shards.size());
            shards.get(i).forEach(tensor -> shardOf.put(tensor.name(), name));
            SafetensorsWriter.write(folder.resolve(name), METADATA, shards.get(i));
        }
        ObjectNode index = StrictJson.MAPPER.createObjectNode();
        index.putObject("metadata")
                .put(
                        "total_size",
                        tensors.stream().mapToLong(TensorSource::size).sum());
        shardOf.forEach(index.putObject("weight_map")::put);
        json(folder.resolve(WeightFiles.INDEX), index);
    }

    /** Writes indented JSON. */
    public static void json(Path file, JsonNode value) throws IOException {
        Files.writeString(file, PRETTY.writeValueAsString(value) + "\n", StandardCharsets.UTF_8);
    }

    private static List<List<TensorSource>> shards(List<TensorSource> tensors, long shardBytes) {
        List<List<TensorSource>> shards = new ArrayList<>();
        List<TensorSource> shard = new ArrayList<>();
        long size = 0;
        for (TensorSource tensor : tensors) {
            if (!shard.isEmpty() && size + tensor.size() > shardBytes) {
                shards.add(shard);
                shard = new ArrayList<>();
                size = 0;
            }
            shard.add(tensor);
            size += tensor.size();
        }
        shards.add(shard);
        return shards;
    }
}
