package dev.septet.activities.evaluate.benchmark;

import dev.septet.activities.evaluate.benchmark.TaskMetric.OutputType;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** The settings of a task file, checked as far as they do not depend on rows. */
final class TaskSettings {
    private static final int MOST_SHOTS = 1000;
    private static final int MOST_TOKENS = 32_768;
    private static final int DEFAULT_TOKENS = 256;
    private static final String CODE =
            "Septet runs no code of task files; prepare the rows before, and name their columns";
    private static final Map<String, String> REFUSED = Map.of(
            "process_docs", CODE,
            "process_results", CODE,
            "custom_dataset", CODE,
            "unsafe_code", CODE,
            "use_prompt", "write the prompt as `doc_to_text`",
            "doc_to_image", "only tasks with texts can be evaluated",
            "doc_to_audio", "only tasks with texts can be evaluated");
    private static final Set<String> KNOWN = new TreeSet<>(Set.of(
            "task",
            "task_alias",
            "tag",
            "dataset_path",
            "dataset_name",
            "dataset_kwargs",
            "training_split",
            "validation_split",
            "test_split",
            "fewshot_split",
            "doc_to_text",
            "doc_to_target",
            "doc_to_choice",
            "description",
            "target_delimiter",
            "fewshot_delimiter",
            "fewshot_config",
            "num_fewshot",
            "metric_list",
            "output_type",
            "generation_kwargs",
            "repeats",
            "filter_list",
            "should_decontaminate",
            "doc_to_decontamination_query",
            "gen_prefix",
            "metadata"));
    private static final Set<String> SHOT_NAMES = new TreeSet<>(Set.of(
            "sampler",
            "split",
            "samples",
            "doc_to_text",
            "doc_to_target",
            "doc_to_choice",
            "fewshot_delimiter",
            "target_delimiter",
            "gen_prefix"));
    private static final Map<String, String> REFUSED_SHOTS = Map.of(
            "process_docs", CODE, "fewshot_indices", "lm-evaluation-harness ignores it; write the rows to `samples`");
    private static final Set<String> DATA_NAMES = Set.of("data_files", "data_dir");
    private static final List<String> LOADERS = List.of("json", "csv", "parquet", "arrow");
    private static final Map<String, String> TOKEN_NAMES =
            Map.of("max_gen_toks", "", "max_new_tokens", "", "max_tokens", "", "max_completion_tokens", "");

    private final TaskValue written;

    /** @param written the values of the file and of those that it includes */
    TaskSettings(TaskValue written) {
        this.written = written;
        written.requireKnown(KNOWN, REFUSED);
        TaskValue repeats = written.get("repeats");
        if (repeats != null && repeats.whole(1, MOST_SHOTS) > 1) {
            throw repeats.refused("asks for several answers", "answers are greedy and therefore equal; remove it");
        }
    }

    TaskValue written() {
        return written;
    }

    String name() {
        return written.required("task").text();
    }

    OutputType type() {
        TaskValue type = written.get("output_type");
        String name = type == null ? OutputType.GENERATE_UNTIL.written() : type.text();
        return Arrays.stream(OutputType.values())
                .filter(known -> known.written().equals(name))
                .findFirst()
                .orElseThrow(() -> written.required("output_type")
                        .refused(
                                "is not known",
                                "expected "
                                        + Arrays.stream(OutputType.values())
                                                .map(OutputType::written)
                                                .collect(Collectors.joining(", "))));
    }

    /** The files of each split. */
    Map<String, List<String>> splits() {
        TaskValue loader = written.required("dataset_path");
        if (!LOADERS.contains(loader.text())) {
            throw loader.refused(
                    "is not local",
                    "download the rows, and write `dataset_path: json` with `dataset_kwargs: {data_files: {test:"
                            + " rows.jsonl}}`");
        }
        TaskValue config = written.get("dataset_name");
        if (config != null) {
            throw config.refused("has no meaning for local files", "remove it");
        }
        TaskValue options = written.required("dataset_kwargs");
        options.requireKnown(DATA_NAMES, Map.of("data_dir", "name the files in `data_files`"));
        TaskValue files = options.required("data_files");
        Map<String, List<String>> splits = new LinkedHashMap<>();
        if (files.value() instanceof Map<?, ?>) {
            files.map().forEach((split, names) -> splits.put(split, names(names)));
        } else {
            splits.put("train", names(files)); // the only split of files without one
        }
        return splits;
    }

    private static List<String> names(TaskValue files) {
        List<String> names = new ArrayList<>();
        for (TaskValue file : files.oneOrMore()) {
            String name = file.text();
            if (name.contains("://")) {
                throw file.refused("is an address", "only local files are read; download it first");
            }
            if (name.contains("*") || name.contains("?")) {
                throw file.refused("is a pattern", "name each file");
            }
            names.add(name);
        }
        return names;
    }

    /** The name of a split; null where it is not set. */
    @Nullable
    String split(String setting) {
        TaskValue split = written.get(setting);
        return split == null ? null : split.text();
    }

    /** The split whose rows are asked. */
    TaskValue asked() {
        TaskValue test = written.get("test_split");
        return test != null ? test : written.required("validation_split");
    }

    /** Settings of the solved rows; empty where there are none. */
    TaskValue shots() {
        TaskValue shots = written.get("fewshot_config");
        if (shots == null) {
            return new TaskValue("fewshot_config", Map.of(), written.file(), written.line());
        }
        shots.requireKnown(SHOT_NAMES, REFUSED_SHOTS);
        return shots;
    }

    /** Number of solved rows before each question. */
    int shotCount() {
        TaskValue count = written.get("num_fewshot");
        return count == null ? 0 : count.whole(0, MOST_SHOTS);
    }

    /** Whether the first rows of their split are the solved ones, instead of random ones. */
    boolean firstShots() {
        TaskValue sampler = shots().get("sampler");
        if (sampler != null && !Set.of("default", "first_n").contains(sampler.text())) {
            throw sampler.refused("is not known", "expected default or first_n");
        }
        return sampler != null && sampler.text().equals("first_n");
    }

    /** A text of the task. */
    String delimiter(String name, String otherwise) {
        return written.text(name, otherwise);
    }

    /** A text of the solved rows, which is that of the task where they have none. */
    String shotDelimiter(String name, String otherwise) {
        return shots().text(name, delimiter(name, otherwise));
    }

    /** Texts that end an answer. */
    List<String> until() {
        TaskValue options = written.get("generation_kwargs");
        TaskValue until = options == null ? null : options.get("until");
        if (until == null) {
            return List.of(delimiter("fewshot_delimiter", "\n\n"));
        }
        return until.oneOrMore().stream()
                .map(TaskValue::text)
                .filter(text -> !text.isEmpty())
                .toList();
    }

    /** Most tokens of an answer. Sampling is refused, because its answers cannot be compared. */
    int maxTokens() {
        TaskValue options = written.get("generation_kwargs");
        if (options == null) {
            return DEFAULT_TOKENS;
        }
        Set<String> known = new TreeSet<>(TOKEN_NAMES.keySet());
        known.addAll(Set.of("until", "do_sample", "temperature"));
        options.requireKnown(known, Map.of());
        TaskValue temperature = options.get("temperature");
        boolean warm = temperature != null
                && temperature.value() instanceof Number number
                && number.doubleValue() != 0
                && options.flag("do_sample", true);
        if (warm || options.flag("do_sample", false)) {
            throw options.required(warm ? "temperature" : "do_sample")
                    .refused(
                            "samples answers",
                            "answers are greedy here; set `do_sample: false` and `temperature: 0.0`");
        }
        for (String name : List.of("max_gen_toks", "max_new_tokens", "max_tokens", "max_completion_tokens")) {
            TaskValue most = options.get(name);
            if (most != null) {
                return most.whole(1, MOST_TOKENS);
            }
        }
        return DEFAULT_TOKENS;
    }

    /** What is computed. */
    List<BenchmarkTask.Scoring> metrics() {
        OutputType type = type();
        List<AnswerFilter> filters = type == OutputType.GENERATE_UNTIL
                ? AnswerFilter.read(written.get("filter_list"))
                : List.of(AnswerFilter.NONE);
        if (type != OutputType.GENERATE_UNTIL && written.get("filter_list") != null) {
            throw written.required("filter_list").refused("filters no answers here", "remove it");
        }
        List<TaskValue> wanted = new ArrayList<>();
        TaskValue list = written.get("metric_list");
        if (list == null) {
            type.metrics().forEach(name -> wanted.add(standard(name)));
        } else {
            wanted.addAll(list.list());
        }
        List<BenchmarkTask.Scoring> metrics = new ArrayList<>();
        for (AnswerFilter filter : filters) {
            wanted.forEach(metric -> metrics.add(scoring(metric, type, filter)));
        }
        if (metrics.isEmpty()) {
            throw written.required("metric_list").refused("is empty", "name a metric");
        }
        return metrics;
    }

    private TaskValue standard(String name) {
        TaskValue metric = new TaskValue("metric", name, written.file(), written.line());
        return new TaskValue("metric_list", Map.of("metric", metric), written.file(), written.line());
    }

    private static BenchmarkTask.Scoring scoring(TaskValue entry, OutputType type, AnswerFilter filter) {
        TaskValue name = entry.required("metric");
        TaskMetric metric = TaskMetric.of(name.text(), type);
        if (metric == null) {
            throw name.refused(
                    "is a metric that Septet does not have for " + type.written(),
                    "expected " + String.join(", ", TaskMetric.names(type)));
        }
        TaskValue aggregation = entry.get("aggregation");
        if (aggregation != null
                && !aggregation.text().equals(metric.aggregation().written())) {
            throw aggregation.refused(
                    "is not that of " + metric.written(),
                    "write " + metric.aggregation().written());
        }
        AnswerComparison comparison = AnswerComparison.read(entry);
        return new BenchmarkTask.Scoring(metric, filter, type == OutputType.GENERATE_UNTIL ? comparison : null);
    }
}
