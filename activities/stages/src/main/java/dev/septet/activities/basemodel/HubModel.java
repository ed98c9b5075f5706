package dev.septet.activities.basemodel;

import com.fasterxml.jackson.databind.JsonNode;
import dev.septet.activities.attempt.StageProblem;
import dev.septet.dsl.pipeline.HubId;
import dev.septet.dsl.pipeline.prepare.DatasetFiles;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.regex.Pattern;

/**
 * The hub's description of a repository at a revision.
 *
 * @param commit 40 hexadecimal digits
 * @param files the needed files: a model's config, tokenizer, safetensors weights and card; a
 *     dataset's rows and card
 */
record HubModel(HubKind kind, HubId id, String commit, List<HubFile> files) {
    private static final Pattern NAME = Pattern.compile("[A-Za-z0-9_][A-Za-z0-9._-]{0,127}");
    private static final Pattern COMMIT = Pattern.compile("[0-9a-f]{40}");
    private static final Pattern ETAG = Pattern.compile("[0-9a-f]{40}|[0-9a-f]{64}");
    private static final Pattern TEXTS = Pattern.compile(".*\\.(json|jinja|txt|md|model)|LICENSE.*|NOTICE.*");
    private static final Pattern SHARD = Pattern.compile("model-\\d{5}-of-\\d{5}\\.safetensors");
    /** Name of the file that describes a repository. */
    static final String CARD = "README.md";

    private static final String SINGLE = "model.safetensors";
    private static final Pattern PICKLE = Pattern.compile(".*\\.(bin|pt|pth|ckpt|pkl)");

    /**
     * Parses the hub's response to {@code /api/models/ID/revision/REVISION?blobs=true}.
     *
     * @throws StageProblem when the model has no weights that may be loaded, or the response is
     *     invalid
     */
    static HubModel of(HubId id, JsonNode answer) {
        String commit = commit(HubKind.MODEL, id, answer);
        JsonNode siblings = answer.path("siblings");
        List<String> names = new ArrayList<>();
        siblings.forEach(sibling -> names.add(sibling.path("rfilename").asText()));
        requireWeights(id, names);
        List<HubFile> files = new ArrayList<>();
        for (JsonNode sibling : siblings) {
            String name = sibling.path("rfilename").asText();
            if (isNeeded(name, names)) {
                files.add(file(HubKind.MODEL, id, name, sibling));
            }
        }
        return new HubModel(HubKind.MODEL, id, commit, List.copyOf(files));
    }

    /**
     * Parses the hub's response to {@code /api/datasets/ID/revision/REVISION?blobs=true}.
     *
     * @throws StageProblem when the response is invalid
     */
    static HubModel dataset(HubId id, JsonNode answer) {
        String commit = commit(HubKind.DATASET, id, answer);
        List<HubFile> files = new ArrayList<>();
        for (JsonNode sibling : answer.path("siblings")) {
            String name = sibling.path("rfilename").asText();
            if (isOfDataset(name)) {
                files.add(file(HubKind.DATASET, id, name, sibling));
            }
        }
        return new HubModel(HubKind.DATASET, id, commit, List.copyOf(files));
    }

    /** Whether a file of a dataset may be read: its card, or rows in a file with a plain name. */
    static boolean isOfDataset(String name) {
        return Arrays.stream(name.split("/", -1))
                        .allMatch(part -> NAME.matcher(part).matches())
                && (name.equals(CARD) || DatasetFiles.known(name));
    }

    private static String commit(HubKind kind, HubId id, JsonNode answer) {
        String commit = answer.path("sha").asText();
        if (!COMMIT.matcher(commit).matches() || !answer.path("siblings").isArray()) {
            throw HubErrors.invalidAnswer(kind, id, "names no commit or no files");
        }
        return commit;
    }

    /** The same repository with some of its files. */
    HubModel with(List<HubFile> some) {
        return new HubModel(kind, id, commit, List.copyOf(some));
    }

    long bytes() {
        return files.stream().mapToLong(HubFile::size).sum();
    }

    private static boolean isNeeded(String name, List<String> names) {
        if (!NAME.matcher(name).matches()) {
            return false; // in a subfolder, hidden, or not a valid name
        }
        if (name.endsWith(".safetensors.index.json")) {
            return !names.contains(SINGLE) && name.equals(SINGLE + ".index.json");
        }
        boolean shard = !names.contains(SINGLE) && SHARD.matcher(name).matches();
        return name.equals(SINGLE) || shard || TEXTS.matcher(name).matches();
    }

    private static HubFile file(HubKind kind, HubId id, String name, JsonNode sibling) {
        JsonNode large = sibling.path("lfs");
        String etag = large.isObject()
                ? large.path("sha256").asText()
                : sibling.path("blobId").asText();
        long size = (large.isObject() ? large : sibling).path("size").asLong(-1);
        if (!ETAG.matcher(etag).matches() || size < 0) {
            throw HubErrors.invalidAnswer(kind, id, "gives no digest or size of " + name);
        }
        return new HubFile(name, size, etag);
    }

    private static void requireWeights(HubId id, List<String> names) {
        if (names.contains(SINGLE)
                || names.stream().anyMatch(n -> SHARD.matcher(n).matches())) {
            return;
        }
        String instead = "has no safetensors weights";
        if (names.contains("adapter_config.json")) {
            instead = "is an adapter, not a model; name its base model";
        } else if (names.stream().anyMatch(name -> name.endsWith(".gguf"))) {
            instead = "has GGUF files only; download one and write its path: model 'file.gguf'";
        } else if (names.stream().anyMatch(name -> PICKLE.matcher(name).matches())) {
            instead = "has its weights as Python pickles only, which can run any code when they are"
                    + " loaded and are never fetched; name a revision with safetensors"
                    + " (often 'refs/pr/1'), or convert it where you trust it";
        }
        throw StageProblem.invalid("initialize: the hub's model '%s' %s".formatted(id, instead));
    }
}
