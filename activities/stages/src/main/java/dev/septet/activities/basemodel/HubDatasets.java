package dev.septet.activities.basemodel;

import com.fasterxml.jackson.core.JacksonException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import dev.septet.activities.attempt.StageProblem;
import dev.septet.activities.files.PathPattern;
import dev.septet.dsl.pipeline.HubId;
import dev.septet.dsl.pipeline.prepare.HubDatasetSpec;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** Provides the files of the hub's datasets: one split of one configuration, at one commit. */
public final class HubDatasets {
    private static final int MAX_CARD_BYTES = 1 << 20;
    private static final int NAMED = 8;
    private static final int LONGEST_PATTERN = 300;
    private static final Pattern FRONT_MATTER = Pattern.compile("(?s)\\A---\\r?\\n(.*?)\\r?\\n---.*");
    private static final int MAX_DEPTH = 10;
    private static final Pattern SHARD = Pattern.compile("(.*-)\\d{5}(-of-)(\\d{5})(\\D.*|)");
    private static final Pattern SPLIT_NAME =
            Pattern.compile("(?i)(^|[^a-z])(train|validation|valid|dev|val|test|eval)([^a-z]|$)");

    private final HubSettings settings;
    private final HubConnection hub;
    private final HubTransfer transfer;

    public HubDatasets(HubSettings settings) {
        this.settings = settings;
        hub = new HubConnection(settings);
        transfer = new HubTransfer(settings, hub);
    }

    /**
     * Files of a dataset.
     *
     * @param commit 40 hexadecimal digits
     * @param folder the folder of that commit's files
     * @param names paths below the folder, in the order of their names
     */
    public record Found(String commit, Path folder, List<String> names) {}

    /**
     * The files of a split; downloads those that are not in the cache.
     *
     * @throws StageProblem that says what the author, or the worker's operator, has to do
     */
    public Found files(HubDatasetSpec spec, HubListener listener) throws IOException {
        HubId id = spec.hubId();
        HubCache cache = new HubCache(settings.cache(), HubKind.DATASET, id);
        if (settings.offline()) {
            return offline(spec, cache);
        }
        HubModel all;
        try {
            all = hub.model(HubKind.DATASET, id, spec.revision());
        } catch (IOException unreachable) {
            if (cache.known(spec.revision()).isEmpty()) {
                throw transfer.unreachable(HubKind.DATASET, id, unreachable);
            }
            return offline(spec, cache);
        }
        List<HubFile> card = all.files().stream()
                .filter(file -> file.name().equals(HubModel.CARD) && file.size() <= MAX_CARD_BYTES)
                .toList();
        transfer.fetch(all.with(card), cache, (done, total) -> {});
        cache.storeNames(all.commit(), all.files().stream().map(HubFile::name).toList());
        Path folder = cache.snapshot(all.commit());
        List<String> names =
                chosen(spec, all.files().stream().map(HubFile::name).toList(), folder);
        transfer.fetch(
                all.with(all.files().stream()
                        .filter(file -> names.contains(file.name()))
                        .toList()),
                cache,
                listener);
        cache.storeCommit(spec.revision(), all.commit());
        return new Found(all.commit(), folder, names);
    }

    /**
     * Files of the cache only.
     *
     * @throws StageProblem naming the split when some of its files are not in the cache
     */
    private Found offline(HubDatasetSpec spec, HubCache cache) throws IOException {
        Path folder = cache.known(spec.revision())
                .orElseThrow(() -> StageProblem.invalid(
                        "prepare: '%s' at '%s' is not in the cache %s, and the hub may not or cannot be asked (HF_HUB_OFFLINE)"
                                .formatted(spec.id(), spec.revision(), settings.cache())));
        String commit = String.valueOf(folder.getFileName());
        Optional<List<String>> listed = cache.storedNames(commit);
        List<String> names = chosen(spec, listed.isPresent() ? listed.get() : cached(folder), folder);
        List<String> missing = listed.isPresent()
                ? names.stream()
                        .filter(name -> !Files.isRegularFile(folder.resolve(name)))
                        .toList()
                : missingShards(names);
        if (!missing.isEmpty()) {
            throw StageProblem.invalid(
                    "prepare: the cache %s lacks files of '%s' at '%s', config '%s', split '%s': %s; run once with access to the hub, so that Septet fetches them"
                            .formatted(
                                    settings.cache(),
                                    spec.id(),
                                    spec.revision(),
                                    spec.config(),
                                    spec.split(),
                                    missing.stream().limit(NAMED).collect(Collectors.joining(", "))));
        }
        return new Found(commit, folder, names);
    }

    /** The files that another tool fetched: the same names as the hub would give. */
    private static List<String> cached(Path folder) throws IOException {
        try (var files = Files.walk(folder, MAX_DEPTH)) {
            return files.filter(Files::isRegularFile)
                    .map(file -> folder.relativize(file).toString().replace('\\', '/'))
                    .filter(HubModel::isOfDataset)
                    .toList();
        }
    }

    /** Without a list of the commit's files, names such as {@code train-00000-of-00002.parquet} tell the number of shards. */
    private static List<String> missingShards(List<String> names) {
        Set<String> present = new HashSet<>(names);
        Set<String> checked = new HashSet<>();
        Set<String> missing = new TreeSet<>();
        for (String name : names) {
            var shard = SHARD.matcher(name);
            if (!shard.matches() || !checked.add(shard.group(1) + shard.group(3) + shard.group(4))) {
                continue;
            }
            int count = Integer.parseInt(shard.group(3));
            for (int i = 0; i < count && missing.size() < NAMED; i++) {
                String other = shard.group(1)
                        + String.format(Locale.ROOT, "%05d", i)
                        + shard.group(2)
                        + shard.group(3)
                        + shard.group(4);
                if (!present.contains(other)) {
                    missing.add(other);
                }
            }
        }
        return List.copyOf(missing);
    }

    private static List<String> chosen(HubDatasetSpec spec, List<String> all, Path folder) throws IOException {
        List<String> rows = all.stream()
                .filter(name -> !name.equals(HubModel.CARD))
                .sorted()
                .toList();
        Optional<List<String>> declared = declared(spec, folder.resolve(HubModel.CARD));
        List<String> names = declared.isPresent()
                ? rows.stream()
                        .filter(name -> declared.get().stream().anyMatch(pattern -> PathPattern.matches(pattern, name)))
                        .toList()
                : byName(spec, rows);
        if (names.isEmpty()) {
            throw StageProblem.invalid(
                    "prepare: the dataset '%s' has no file of config '%s', split '%s' that can be read; its files are: %s. Septet reads Parquet, JSON Lines, JSON and CSV, and runs no loading script"
                            .formatted(
                                    spec.id(),
                                    spec.config(),
                                    spec.split(),
                                    rows.isEmpty()
                                            ? "none"
                                            : rows.stream().limit(NAMED).collect(Collectors.joining(", "))));
        }
        return names;
    }

    /**
     * The patterns that the card's {@code configs} declare; empty without them.
     *
     * @see <a href="https://huggingface.co/docs/hub/datasets-manual-configuration">manual configuration</a>
     */
    private static Optional<List<String>> declared(HubDatasetSpec spec, Path card) throws IOException {
        if (!Files.isRegularFile(card)) {
            return Optional.empty();
        }
        String text = new String(Files.readAllBytes(card), StandardCharsets.UTF_8);
        var front = FRONT_MATTER.matcher(text);
        if (!front.matches()) {
            return Optional.empty();
        }
        JsonNode configs;
        try {
            configs = new YAMLMapper().readTree(front.group(1)).path("configs");
        } catch (JacksonException unreadable) {
            return Optional.empty();
        }
        List<String> patterns = new ArrayList<>();
        boolean any = false;
        for (JsonNode config : configs) {
            JsonNode files = config.path("data_files");
            any |= !files.isMissingNode();
            if (config.path("config_name").asText("default").equals(spec.config())) {
                collect(files, spec.split(), patterns);
            }
        }
        return any ? Optional.of(patterns) : Optional.empty();
    }

    /** A text is the split train, as in the library {@code datasets}. */
    private static void collect(JsonNode files, String split, List<String> patterns) {
        if (files.isTextual()) {
            if (split.equals("train")) {
                String pattern = files.textValue();
                patterns.add(pattern.substring(0, Math.min(LONGEST_PATTERN, pattern.length())));
            }
        } else {
            for (JsonNode item : files) {
                if (item.isTextual()) {
                    collect(item, split, patterns);
                } else if (item.path("split").asText().equals(split)) {
                    JsonNode path = item.path("path");
                    collect(path, "train", patterns);
                }
            }
        }
    }

    /** Without a declaration: the split's name in the file's path, or all files for train when no path has one. */
    private static List<String> byName(HubDatasetSpec spec, List<String> rows) {
        List<String> ofConfig = spec.config().equals("default")
                ? rows
                : rows.stream()
                        .filter(name -> name.startsWith(spec.config() + "/"))
                        .toList();
        Pattern split = Pattern.compile("(?i)(^|[^a-z])" + Pattern.quote(spec.split()) + "([^a-z]|$)");
        List<String> named =
                ofConfig.stream().filter(name -> split.matcher(name).find()).toList();
        boolean anySplit =
                ofConfig.stream().anyMatch(name -> SPLIT_NAME.matcher(name).find());
        return named.isEmpty() && !anySplit && spec.split().equals("train") ? ofConfig : named;
    }
}
