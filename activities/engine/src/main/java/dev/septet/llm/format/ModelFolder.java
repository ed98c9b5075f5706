package dev.septet.llm.format;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * A model in Hugging Face's folder layout: config.json, tokenizer.json, safetensors weights and
 * other files.
 */
public final class ModelFolder {
    public static final String CONFIG = "config.json";
    public static final String TOKENIZER = "tokenizer.json";
    public static final String TOKENIZER_CONFIG = "tokenizer_config.json";
    public static final String CHAT_TEMPLATE = "chat_template.jinja";
    public static final String GENERATION_CONFIG = "generation_config.json";
    private static final long MAX_TEXT_BYTES = 16L << 20;

    private final FolderRoot root;
    private final ObjectNode config;
    private final Map<String, StoredTensor> tensors;
    private final List<String> pickles;

    private ModelFolder(FolderRoot root, ObjectNode config, Map<String, StoredTensor> tensors, List<String> pickles) {
        this.root = root;
        this.config = config;
        this.tensors = tensors;
        this.pickles = List.copyOf(pickles);
    }

    /**
     * Opens a folder: reads its config, maps its weights, and checks that all required files exist.
     *
     * @throws FormatProblem naming every missing file, or the file that is damaged, a pickle, or a
     *     link out of the folder
     */
    public static ModelFolder open(Path folder) {
        FolderRoot root = FolderRoot.open(folder);
        try {
            List<String> pickles = WeightFiles.pickles(root);
            requireComplete(root, pickles);
            ObjectNode config = StrictJson.file(root.path().resolve(CONFIG));
            return new ModelFolder(root, config, WeightFiles.open(root), pickles);
        } catch (IOException e) {
            throw new UncheckedIOException("cannot read " + folder + ": " + e.getMessage(), e);
        }
    }

    private static void requireComplete(FolderRoot root, List<String> pickles) {
        boolean weights = WeightFiles.present(root);
        if (!weights && !pickles.isEmpty()) {
            throw new FormatProblem(root.path().resolve(pickles.get(0)), Pickles.REFUSAL);
        }
        List<String> missing = new ArrayList<>();
        for (String name : List.of(CONFIG, TOKENIZER)) {
            if (root.find(name).isEmpty()) {
                missing.add(name);
            }
        }
        if (!weights) {
            missing.add(WeightFiles.SINGLE + " (or " + WeightFiles.INDEX + ")");
        }
        if (!missing.isEmpty()) {
            throw new FormatProblem(
                    root.path(), "is not a complete model folder, it lacks " + String.join(", ", missing));
        }
    }

    public Path path() {
        return root.path();
    }

    /** A copy of config.json. */
    public ObjectNode config() {
        return config.deepCopy();
    }

    /** The first of config.json's {@code architectures}, such as {@code LlamaForCausalLM}. */
    public String architecture() {
        JsonNode name = config.path("architectures").path(0);
        if (!name.isTextual()) {
            throw new FormatProblem(root.path().resolve(CONFIG), "names no architecture in \"architectures\"");
        }
        return name.asText();
    }

    /** All mapped tensors by name, in the order of their bytes in the files. */
    public Map<String, StoredTensor> tensors() {
        return tensors;
    }

    /**
     * One tensor.
     *
     * @throws FormatProblem when the weights have no tensor of this name
     */
    public StoredTensor tensor(String name) {
        StoredTensor tensor = tensors.get(name);
        if (tensor == null) {
            throw new FormatProblem(root.path(), "has no tensor named " + name + " in its weights");
        }
        return tensor;
    }

    /** Number of stored parameters; tied weights count once, because they are stored once. */
    public long parameters() {
        return tensors.values().stream().mapToLong(StoredTensor::elements).sum();
    }

    /** The model's tokenizer.json. */
    public Path tokenizer() {
        return root.path().resolve(TOKENIZER);
    }

    /** The tokenizer_config.json; empty if there is none. */
    public ObjectNode tokenizerConfig() {
        return json(TOKENIZER_CONFIG);
    }

    /** The generation_config.json; empty if there is none. */
    public ObjectNode generationConfig() {
        return json(GENERATION_CONFIG);
    }

    /** The chat template: chat_template.jinja, otherwise the default one in tokenizer_config.json. */
    public Optional<String> chatTemplate() {
        Optional<byte[]> file = bytes(CHAT_TEMPLATE, MAX_TEXT_BYTES);
        if (file.isPresent()) {
            return file.map(bytes -> new String(bytes, StandardCharsets.UTF_8));
        }
        JsonNode template = tokenizerConfig().path("chat_template");
        if (template.isArray()) {
            for (JsonNode named : template) {
                if (named.path("name").asText().equals("default")) {
                    return Optional.of(named.path("template").asText());
                }
            }
        }
        return template.isTextual() ? Optional.of(template.asText()) : Optional.empty();
    }

    /** The license that the README's front matter declares. */
    public Optional<String> license() {
        return bytes("README.md", MAX_TEXT_BYTES).flatMap(readme -> ModelCard.field(readme, "license"));
    }

    /** Pickle files beside the weights, which are never read. */
    public List<String> ignoredPickles() {
        return pickles;
    }

    /** Digest over all of the folder's files, see {@link FolderDigest}. */
    public String digest() {
        return FolderDigest.of(root.path());
    }

    /** The folder's own files by name, as {@link #digest} reads them. */
    public Map<String, Path> all() {
        Map<String, Path> all = new TreeMap<>();
        for (String name : root.names()) {
            root.find(name).ifPresent(file -> all.put(name, file));
        }
        return all;
    }

    /** The folder's file with this name, if it exists. */
    public Optional<Path> file(String name) {
        return root.find(name);
    }

    private ObjectNode json(String name) {
        Optional<Path> file = root.find(name);
        try {
            return file.isPresent() ? StrictJson.file(file.get()) : StrictJson.MAPPER.createObjectNode();
        } catch (IOException e) {
            throw new UncheckedIOException("cannot read " + file + ": " + e.getMessage(), e);
        }
    }

    private Optional<byte[]> bytes(String name, long limit) {
        Optional<Path> file = root.find(name);
        try {
            return file.isPresent() ? Optional.of(RegularFile.bytes(file.get(), limit)) : Optional.empty();
        } catch (IOException e) {
            throw new UncheckedIOException("cannot read " + file + ": " + e.getMessage(), e);
        }
    }
}
