package dev.septet.llm.format;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.TreeSet;

/** Finds the weights of a model folder: {@code model.safetensors}, or the shards in its index. */
final class WeightFiles {
    static final String SINGLE = "model.safetensors";
    static final String INDEX = "model.safetensors.index.json";
    private static final List<String> PICKLE_ENDINGS = List.of(".bin", ".pt", ".pth", ".ckpt", ".pkl");

    private WeightFiles() {}

    /** Whether the folder has readable weights. */
    static boolean present(FolderRoot root) {
        return root.find(SINGLE).isPresent() || root.find(INDEX).isPresent();
    }

    /** All tensors by name. As in transformers, a single file takes precedence over an index. */
    static Map<String, StoredTensor> open(FolderRoot root) throws IOException {
        Optional<Path> single = root.find(SINGLE);
        Map<String, StoredTensor> tensors = new LinkedHashMap<>();
        if (single.isPresent()) {
            Safetensors.open(single.get()).tensors().forEach(tensor -> tensors.put(tensor.name(), tensor));
        } else {
            openShards(root, tensors);
        }
        return Collections.unmodifiableMap(tensors);
    }

    private static void openShards(FolderRoot root, Map<String, StoredTensor> tensors) throws IOException {
        Path index = root.find(INDEX).orElseThrow(() -> new FormatProblem(root.path(), "has no " + SINGLE));
        Map<String, String> shardOf = new TreeMap<>();
        for (Map.Entry<String, JsonNode> entry :
                StrictJson.file(index).path("weight_map").properties()) {
            shardOf.put(entry.getKey(), entry.getValue().asText());
        }
        if (shardOf.isEmpty()) {
            throw new FormatProblem(index, "has no weight_map from tensors to files");
        }
        List<String> missing = new ArrayList<>();
        for (String shard : new TreeSet<>(shardOf.values())) {
            Optional<Path> file = root.find(shard);
            if (file.isEmpty()) {
                missing.add(shard);
                continue;
            }
            for (StoredTensor tensor : Safetensors.open(file.get()).tensors()) {
                if (shard.equals(shardOf.get(tensor.name()))) {
                    tensors.put(tensor.name(), tensor);
                }
            }
        }
        if (!missing.isEmpty()) {
            throw new FormatProblem(root.path(), "lacks files that " + INDEX + " names: " + String.join(", ", missing));
        }
        shardOf.keySet().removeAll(tensors.keySet());
        if (!shardOf.isEmpty()) {
            throw new FormatProblem(index, "names tensors that its files do not hold: " + shardOf.keySet());
        }
    }

    /** Files of this folder whose content is a Python pickle. They are never read further. */
    static List<String> pickles(FolderRoot root) throws IOException {
        List<String> found = new ArrayList<>();
        for (String name : root.names()) {
            if (PICKLE_ENDINGS.stream().anyMatch(name::endsWith) && isPickle(root.find(name))) {
                found.add(name);
            }
        }
        return found;
    }

    private static boolean isPickle(Optional<Path> file) throws IOException {
        if (file.isEmpty()) {
            return false;
        }
        try (FileChannel channel = RegularFile.open(file.get())) {
            ByteBuffer head = ByteBuffer.allocate(4);
            return channel.read(head) == 4 && Pickles.startsLike(head.flip());
        }
    }
}
