package dev.septet.activities.train.command;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.septet.activities.attempt.StageProblem;
import dev.septet.dsl.pipeline.SpecJson;
import dev.septet.llm.format.AdapterMerge;
import dev.septet.llm.format.FormatProblem;
import dev.septet.llm.format.ModelFolder;
import dev.septet.llm.format.PeftAdapter;
import dev.septet.llm.format.StoredTensor;
import dev.septet.workflows.FailureType;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** Checks what an outside trainer hands back, and takes it. Everything in it is hostile until it is checked. */
record TrainerOutput(String trainer, Path output, Path base) {
    private static final int MOST_FILES = 1000;
    private static final Pattern ADAPTER = Pattern.compile("adapter_config\\.json|adapter_model\\.safetensors");
    private static final Pattern MODEL = Pattern.compile(
            "config\\.json|generation_config\\.json|model(-[0-9]{5}-of-[0-9]{5})?\\.safetensors|model\\.safetensors\\.index\\.json"
                    + "|tokenizer\\.json|tokenizer_config\\.json|special_tokens_map\\.json|chat_template\\.jinja"
                    + "|added_tokens\\.json|vocab\\.json|merges\\.txt");

    /**
     * Copies a checked adapter or model into an empty folder.
     *
     * @param adapter whether the method makes an adapter
     * @param baseModel name of the base model for the adapter's config
     * @throws StageProblem BACKEND_FAILED naming the file and what is wrong with it
     */
    void takeInto(Path folder, boolean adapter, String baseModel) throws IOException {
        Path from = output.resolve(adapter ? "adapter" : "model");
        Path other = output.resolve(adapter ? "model" : "adapter");
        if (!Files.isDirectory(from, LinkOption.NOFOLLOW_LINKS)) {
            throw broken(
                    Files.exists(other, LinkOption.NOFOLLOW_LINKS)
                            ? "it wrote output/%s, but the method makes output/%s"
                                    .formatted(other.getFileName(), from.getFileName())
                            : "it ended without output/%s".formatted(from.getFileName()));
        }
        try {
            files(from, adapter ? ADAPTER : MODEL).forEach((name, file) -> copy(file, folder.resolve(name)));
            if (adapter) {
                named(folder.resolve("adapter_config.json"), baseModel);
                PeftAdapter read = PeftAdapter.open(folder);
                AdapterMerge.requireFit(ModelFolder.open(base), read);
                read.modules()
                        .values()
                        .forEach(module -> Stream.of(module.a(), module.b(), module.magnitude())
                                .flatMap(Stream::ofNullable)
                                .forEach(this::requireFinite));
            } else {
                complete(folder);
                sameShape(ModelFolder.open(folder), ModelFolder.open(base));
            }
        } catch (FormatProblem e) {
            throw broken(String.valueOf(e.getMessage()));
        } catch (UncheckedIOException e) {
            throw new IOException(e.getMessage(), e);
        }
    }

    private Map<String, Path> files(Path from, Pattern allowed) throws IOException {
        Map<String, Path> files = new TreeMap<>();
        List<String> refused = new ArrayList<>();
        try (Stream<Path> all = Files.list(from)) {
            for (Path file : all.limit(MOST_FILES).toList()) {
                String name = file.getFileName().toString();
                boolean plain = Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS);
                if (plain && allowed.matcher(name).matches()) {
                    files.put(name, file);
                } else {
                    refused.add(plain ? name : name + " (not a plain file)");
                }
            }
        }
        if (!refused.isEmpty()) {
            throw broken("output/%s has %s, which the contract does not allow"
                    .formatted(
                            from.getFileName(),
                            String.join(", ", refused.stream().sorted().limit(5).toList())));
        }
        return files;
    }

    private static void copy(Path from, Path to) {
        try {
            Files.copy(from, to, LinkOption.NOFOLLOW_LINKS);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Writes the base model's name of the pipeline instead of the run folder's path. */
    private void named(Path config, String baseModel) throws IOException {
        if (Files.notExists(config) || Files.size(config) > 1 << 20) {
            throw broken("output/adapter lacks a valid adapter_config.json");
        }
        if (SpecJson.mapper().readTree(Files.readAllBytes(config)) instanceof ObjectNode json) {
            json.put("base_model_name_or_path", baseModel);
            Files.writeString(config, SpecJson.mapper().writeValueAsString(json), StandardCharsets.UTF_8);
        } else {
            throw broken("output/adapter/adapter_config.json is not a JSON object");
        }
    }

    /** Adds the tokenizer files of the base model that the trainer did not write. */
    private void complete(Path folder) throws IOException {
        try (Stream<Path> all = Files.list(base)) {
            for (Path file : all.toList()) {
                String name = file.getFileName().toString();
                Path to = folder.resolve(name);
                if (Files.notExists(to) && MODEL.matcher(name).matches() && !name.startsWith("model")) {
                    Files.copy(file, to);
                }
            }
        }
    }

    private void sameShape(ModelFolder model, ModelFolder original) {
        original.tensors().forEach((name, tensor) -> {
            StoredTensor tuned = model.tensors().get(name);
            if (tuned == null || !tuned.shape().equals(tensor.shape())) {
                throw broken("output/model %s, unlike the base model"
                        .formatted(
                                tuned == null
                                        ? "lacks " + name
                                        : "has %s with shape %s".formatted(name, tuned.shape())));
            }
            requireFinite(tuned);
        });
    }

    private void requireFinite(StoredTensor tensor) {
        for (float value : tensor.floats()) {
            if (!Float.isFinite(value)) {
                throw broken("%s holds %s; the training diverged".formatted(tensor.name(), value));
            }
        }
    }

    private StageProblem broken(String what) {
        return new StageProblem(
                FailureType.BACKEND_FAILED,
                "train: trainer %s broke the contract: %s; see the page trainers.md".formatted(trainer, what));
    }
}
