package dev.septet.activities.evaluate.benchmark;

import dev.septet.dsl.pipeline.evaluate.BenchmarkSpec;
import dev.septet.dsl.text.PublicText;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Reads the task of a file, or the tasks of a group with the metrics of the group. */
final class TaskGroups {
    private static final int MOST_TASKS = 500;
    private static final int MOST_DEPTH = 5;
    private static final Set<String> GROUP_NAMES =
            Set.of("group", "group_alias", "task", "aggregate_metric_list", "metadata", "tag");
    private static final Set<String> AGGREGATE_NAMES = Set.of("metric", "aggregation", "weight_by_size", "filter_list");

    private final BenchmarkSpec spec;
    private final BenchmarkFiles files;
    private final TaskYaml yaml;
    private final List<BenchmarkTask> tasks = new ArrayList<>();

    TaskGroups(BenchmarkSpec spec, BenchmarkFiles files) {
        this.spec = spec;
        this.files = files;
        this.yaml = new TaskYaml(files);
    }

    Benchmark read() throws IOException {
        TaskValue written = yaml.read(spec.file());
        TaskValue group = written.get("group");
        if (group == null) {
            if (written.get("task") == null) {
                throw TaskPrompts.noTask(written);
            }
            add(written);
            return benchmark(tasks.get(0).name(), measures(tasks.get(0)));
        }
        members(written, 0);
        return benchmark(group.text(), aggregates(written));
    }

    private Benchmark benchmark(String name, List<BenchmarkMeasure> measures) {
        return new Benchmark(spec, name, tasks, measures, files.digest());
    }

    private void add(TaskValue written) throws IOException {
        TaskValue task = written;
        if (spec.fewShot() != null) {
            TaskValue shots = new TaskValue("num_fewshot", (long) spec.fewShot(), written.file(), written.line());
            task = written.with(new TaskValue("", Map.of("num_fewshot", shots), written.file(), written.line()));
        }
        BenchmarkTask read = TaskPrompts.task(
                new TaskSettings(task), files, spec.limit() == null ? Integer.MAX_VALUE : spec.limit());
        for (BenchmarkTask other : tasks) {
            if (other.name().equals(read.name())) {
                throw written.required("task").refused("is in the group twice", "remove one");
            }
        }
        if (tasks.size() == MOST_TASKS) {
            throw written.refused(
                    String.format(Locale.ROOT, "is one of more than %d tasks", MOST_TASKS), "use smaller groups");
        }
        tasks.add(read);
    }

    private static List<BenchmarkMeasure> measures(BenchmarkTask task) {
        return task.metrics().stream()
                .map(scoring ->
                        new BenchmarkMeasure(scoring.title(), List.of(new BenchmarkMeasure.Part(0, scoring)), true))
                .toList();
    }

    private void members(TaskValue group, int depth) throws IOException {
        group.requireKnown(GROUP_NAMES, Map.of());
        if (depth > MOST_DEPTH) {
            throw group.refused(
                    String.format(Locale.ROOT, "is nested more than %d groups deep", MOST_DEPTH), "use fewer groups");
        }
        for (TaskValue member : group.required("task").oneOrMore()) {
            if (member.value() instanceof String name) {
                member(named(member, name), depth);
            } else if (member.get("group") != null) {
                members(member, depth + 1);
            } else {
                TaskValue task = member.required("task");
                TaskValue known = member.get("dataset_path") == null ? named(task, task.text()) : member;
                member(known.with(member), depth);
            }
        }
    }

    private void member(TaskValue written, int depth) throws IOException {
        if (written.get("group") != null) {
            members(written, depth + 1);
        } else {
            add(written);
        }
    }

    /** The task or group with a name, in a file beside that of the group. */
    private TaskValue named(TaskValue place, String name) throws IOException {
        List<Path> beside;
        try (Stream<Path> all = Files.list(files.folder(place.file()))) {
            beside = all.filter(file -> file.toString().endsWith(".yaml"))
                    .sorted()
                    .limit(BenchmarkFiles.MOST_FILES)
                    .toList();
        }
        for (Path file : beside) {
            if (Files.isRegularFile(file) && Files.size(file) <= BenchmarkFiles.MOST_TASK_BYTES && names(file, name)) {
                return yaml.read(
                        BenchmarkFiles.beside(place.file(), file.getFileName().toString()));
            }
        }
        throw place.refused(
                "names %s, which no file beside this one has".formatted(PublicText.file(name)),
                "add a .yaml file with `task: %s`".formatted(PublicText.file(name)));
    }

    /** Whether a file is that of a task or group, without reading all of it: other files may have mistakes. */
    private static boolean names(Path file, String name) throws IOException {
        String text = new String(Files.readAllBytes(file), StandardCharsets.UTF_8);
        return text.lines()
                .filter(line -> line.startsWith("task:") || line.startsWith("group:"))
                .map(line -> line.substring(line.indexOf(':') + 1).strip())
                .map(value -> value.replaceAll("^['\"]|['\"]$", ""))
                .anyMatch(name::equals);
    }

    private List<BenchmarkMeasure> aggregates(TaskValue group) {
        TaskValue list = group.get("aggregate_metric_list");
        if (list == null) {
            throw group.required("group")
                    .refused(
                            "has no `aggregate_metric_list`", "add it, such as `- metric: acc`, or name a task's file");
        }
        List<BenchmarkMeasure> measures = new ArrayList<>();
        for (TaskValue entry : list.oneOrMore()) {
            entry.requireKnown(AGGREGATE_NAMES, Map.of());
            if (!entry.text("aggregation", "mean").equals("mean")) {
                throw entry.required("aggregation").refused("is not known", "expected mean");
            }
            String metric = entry.required("metric").text();
            for (String filter : filters(entry, metric)) {
                measures.add(measure(entry, metric, filter));
            }
        }
        return measures;
    }

    /** Names of the filters whose answers are aggregated: those of the setting, or all that tasks have. */
    private Set<String> filters(TaskValue entry, String metric) {
        TaskValue named = entry.get("filter_list");
        Set<String> filters = new LinkedHashSet<>();
        if (named != null) {
            named.oneOrMore().forEach(filter -> filters.add(filter.text()));
            return filters;
        }
        for (BenchmarkTask task : tasks) {
            task.metrics().stream()
                    .filter(scoring -> scoring.metric().written().equals(metric))
                    .forEach(scoring -> filters.add(scoring.filter().name()));
        }
        if (filters.isEmpty()) {
            throw entry.required("metric").refused("is " + PublicText.file(metric), "no task of the group has it");
        }
        return filters;
    }

    private BenchmarkMeasure measure(TaskValue entry, String metric, String filter) {
        List<BenchmarkMeasure.Part> parts = new ArrayList<>();
        String title = metric;
        for (int task = 0; task < tasks.size(); task++) {
            BenchmarkTask.@Nullable Scoring found = tasks.get(task).metrics().stream()
                    .filter(scoring -> scoring.metric().written().equals(metric)
                            && scoring.filter().name().equals(filter))
                    .findFirst()
                    .orElse(null);
            if (found == null) {
                throw entry.required("metric")
                        .refused(
                                "is %s, which %s does not have with the filter %s"
                                        .formatted(
                                                PublicText.file(metric),
                                                PublicText.file(tasks.get(task).name()),
                                                PublicText.file(filter)),
                                "a mean needs it of each task");
            }
            title = found.title();
            parts.add(new BenchmarkMeasure.Part(task, found));
        }
        return new BenchmarkMeasure(title, parts, entry.flag("weight_by_size", true));
    }
}
