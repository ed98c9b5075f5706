package dev.septet.activities.evaluate.benchmark;

import dev.septet.activities.attempt.StageProblem;
import dev.septet.activities.evaluate.benchmark.TaskMetric.OutputType;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * From a task's settings and rows to the requests, as {@code ConfigurableTask} of lm-evaluation-harness makes them.
 *
 * <p>A prompt is: description, then per solved row its text, target delimiter, answer and few-shot delimiter, then the row's
 * text.
 */
final class TaskPrompts {
    /** Of all prompts of a task, in UTF-16 units. */
    private static final long MOST_CHARACTERS = 96L << 20;

    private static final long NO_CHOICE = -100;

    private final TaskSettings settings;
    private final OutputType type;
    private final Set<String> columns;
    private final boolean hasChoices;
    private final TaskField text;
    private final TaskField target;
    private final @Nullable TaskField choice;
    private final TaskField shotText;
    private final TaskField shotTarget;
    private final @Nullable TaskField shotChoice;
    private final @Nullable TaskField description;
    private final @Nullable TaskField prefix;
    private final @Nullable TaskField shotPrefix;
    private final FewShots shots;
    private final boolean severalInputs;
    private final boolean severalTargets;

    private TaskPrompts(TaskSettings settings, BenchmarkRows asked, FewShots shots) {
        this.settings = settings;
        this.type = settings.type();
        this.columns = asked.columns();
        this.shots = shots;
        TaskValue written = settings.written();
        hasChoices = written.get("doc_to_choice") != null;
        text = Objects.requireNonNull(field(written, "doc_to_text"));
        target = Objects.requireNonNull(field(written, "doc_to_target"));
        choice = hasChoices ? field(written, "doc_to_choice") : null;
        TaskValue own = settings.shots();
        shotText = own.get("doc_to_text") == null ? text : Objects.requireNonNull(field(own, "doc_to_text"));
        shotTarget = own.get("doc_to_target") == null ? target : Objects.requireNonNull(field(own, "doc_to_target"));
        shotChoice = own.get("doc_to_choice") == null ? choice : field(own, "doc_to_choice");
        description = plainField(written, "description");
        prefix = plainField(written, "gen_prefix");
        shotPrefix = own.get("gen_prefix") == null ? prefix : plainField(own, "gen_prefix");
        // As in lm-evaluation-harness, the first row decides for all.
        Map<String, @Nullable Object> first = asked.rows().get(0);
        severalInputs = hasChoices && text.input(first) instanceof Long;
        severalTargets = target.target(first) instanceof List;
        if (type == OutputType.MULTIPLE_CHOICE && !hasChoices) {
            throw written.refused("has no choices", "add `doc_to_choice`");
        }
    }

    private @Nullable TaskField field(TaskValue from, String name) {
        TaskValue value = from.map().get(name);
        if (value == null) {
            value = from.required(name);
        }
        return TaskField.of(value, columns, hasChoices);
    }

    /** A text of each row; null where it is not set or empty. */
    private @Nullable TaskField plainField(TaskValue from, String name) {
        TaskValue value = from.get(name);
        return value == null || value.text().isEmpty() ? null : TaskField.of(value, columns, false);
    }

    /**
     * Reads the rows of a task and makes its requests.
     *
     * @param limit the largest number of rows to ask
     */
    static BenchmarkTask task(TaskSettings settings, BenchmarkFiles files, int limit) throws IOException {
        Map<String, List<String>> splits = settings.splits();
        Map<String, BenchmarkRows> read = new LinkedHashMap<>();
        TaskValue askedSplit = settings.asked();
        BenchmarkRows asked = rows(askedSplit, splits, files, read);
        if (asked.rows().isEmpty()) {
            throw askedSplit.refused("has no rows", "name a split with rows");
        }
        List<BenchmarkTask.Scoring> metrics = settings.metrics();
        TaskPrompts prompts = new TaskPrompts(settings, asked, shots(settings, splits, files, read));
        boolean mutual = metrics.stream().anyMatch(metric -> metric.metric() == TaskMetric.ACC_MUTUAL_INFO);
        List<BenchmarkTask.Row> rows = new ArrayList<>();
        long characters = 0;
        for (Map<String, @Nullable Object> row : asked.rows()) {
            if (rows.size() == limit) {
                break;
            }
            BenchmarkTask.Row next = prompts.row(row, mutual);
            for (BenchmarkRequest request : next.requests()) {
                characters += length(request);
            }
            if (characters > MOST_CHARACTERS) {
                throw settings.written()
                        .refused(
                                String.format(
                                        Locale.ROOT,
                                        "has prompts of more than %,d characters together",
                                        MOST_CHARACTERS),
                                "set `limit:` or use fewer solved rows");
            }
            rows.add(next);
        }
        for (BenchmarkTask.Scoring metric : metrics) {
            if (metric.metric() == TaskMetric.BLEU && prompts.severalTargets) {
                throw settings.written().refused("has several targets", "bleu needs one; use exact_match");
            }
        }
        return new BenchmarkTask(settings.name(), rows, metrics);
    }

    private static long length(BenchmarkRequest request) {
        if (request instanceof BenchmarkRequest.Continuation pair) {
            return (long) pair.context().length() + pair.continuation().length();
        }
        return request instanceof BenchmarkRequest.Generation asked
                ? asked.context().length()
                : ((BenchmarkRequest.WholeText) request).text().length();
    }

    private static BenchmarkRows rows(
            TaskValue split, Map<String, List<String>> splits, BenchmarkFiles files, Map<String, BenchmarkRows> read)
            throws IOException {
        List<String> names = splits.get(split.text());
        if (names == null) {
            throw split.refused("is not a split of `data_files`", "expected " + String.join(", ", splits.keySet()));
        }
        BenchmarkRows known = read.get(split.text());
        if (known == null) {
            known = BenchmarkRows.read(files, names);
            read.put(split.text(), known);
        }
        return known;
    }

    private static FewShots shots(
            TaskSettings settings,
            Map<String, List<String>> splits,
            BenchmarkFiles files,
            Map<String, BenchmarkRows> read)
            throws IOException {
        TaskValue own = settings.shots();
        TaskValue written = settings.written();
        int count = settings.shotCount();
        TaskValue place = written.get("num_fewshot") == null ? written : written.required("num_fewshot");
        TaskValue split = own.get("split") != null ? own.get("split") : written.get("fewshot_split");
        // lm-evaluation-harness compares the two settings, also where neither is set.
        boolean excludes = Objects.equals(split == null ? null : split.text(), settings.split("test_split"));
        List<Map<String, @Nullable Object>> pool = List.of();
        TaskValue samples = own.get("samples");
        if (count > 0 && split == null && samples != null) {
            pool = new ArrayList<>();
            for (TaskValue sample : samples.list()) {
                sample.map();
                pool.add(map(sample.plain()));
            }
        } else if (count > 0) {
            TaskValue chosen = split;
            for (String other : List.of("training_split", "validation_split", "test_split")) {
                chosen = chosen == null ? written.get(other) : chosen;
            }
            pool = rows(Objects.requireNonNull(chosen), splits, files, read).rows();
        }
        return new FewShots(place, pool, count, settings.firstShots(), excludes);
    }

    @SuppressWarnings("unchecked")
    private static Map<String, @Nullable Object> map(@Nullable Object plain) {
        return (Map<String, @Nullable Object>) Objects.requireNonNull(plain);
    }

    private BenchmarkTask.Row row(Map<String, @Nullable Object> row, boolean mutual) {
        List<String> choices = choice == null ? List.of() : choice.list(row);
        StringBuilder before = new StringBuilder(text(description, row));
        for (Map<String, @Nullable Object> solved : shots.next(row)) {
            solved(solved, before);
        }
        List<BenchmarkRequest> requests = new ArrayList<>();
        Object gold = target.target(row);
        switch (type) {
            case MULTIPLE_CHOICE -> {
                String delimiter = settings.delimiter("target_delimiter", " ");
                if (severalInputs) {
                    for (String input : choices) {
                        requests.add(new BenchmarkRequest.Continuation(
                                before + asked(input, row, ""), delimiter + texts(gold)));
                    }
                    gold = text.input(row);
                } else {
                    String context = before + asked(question(row), row, delimiter);
                    choices.forEach(one -> requests.add(new BenchmarkRequest.Continuation(context, delimiter + one)));
                }
                if (mutual) {
                    choices.forEach(one -> requests.add(new BenchmarkRequest.Continuation("", delimiter + one)));
                }
                gold = numbered(gold, choices);
            }
            case LOGLIKELIHOOD ->
                requests.add(new BenchmarkRequest.Continuation(
                        before + asked(question(row), row, delimiter()), texts(gold)));
            case LOGLIKELIHOOD_ROLLING -> requests.add(new BenchmarkRequest.WholeText(texts(gold)));
            case GENERATE_UNTIL -> {
                requests.add(new BenchmarkRequest.Generation(
                        before + asked(question(row), row, delimiter()), settings.until(), settings.maxTokens()));
                gold = expected(gold, choices);
            }
        }
        return new BenchmarkTask.Row(requests, choices, gold == null ? "" : gold);
    }

    private String delimiter() {
        return settings.delimiter("target_delimiter", " ");
    }

    private static String text(@Nullable TaskField field, Map<String, @Nullable Object> row) {
        return field == null ? "" : field.text(row);
    }

    private String question(Map<String, @Nullable Object> row) {
        if (text.input(row) instanceof String question) {
            return question;
        }
        throw text.wrong("a text");
    }

    /** The row's own turn. */
    private String asked(String question, Map<String, @Nullable Object> row, String delimiter) {
        String start = text(prefix, row);
        return start.isEmpty() ? question : question + (joins(question, start) ? delimiter : "") + start;
    }

    private void solved(Map<String, @Nullable Object> row, StringBuilder out) {
        List<String> choices = shotChoice == null ? List.of() : shotChoice.list(row);
        Object input = shotText.input(row);
        boolean chosenInput = severalInputs && input instanceof Long;
        String question = chosenInput ? choice(choices, (Long) Objects.requireNonNull(input)) : String.valueOf(input);
        if (!chosenInput && !(input instanceof String)) {
            throw shotText.wrong("a text");
        }
        Object answer = shotTarget.target(row);
        String start = text(shotPrefix, row);
        String delimiter = settings.shotDelimiter("target_delimiter", " ");
        out.append(question);
        if (answer == null || answer.equals("")) {
            out.append(start.isEmpty() ? "" : (joins(question, start) ? delimiter : "") + start);
            return;
        }
        out.append(start.isEmpty() || joins(question, start) ? delimiter : "");
        String solution = solution(answer, chosenInput ? List.of() : choices);
        out.append(start);
        out.append(!start.isEmpty() && !solution.isEmpty() && joins(start, solution) ? " " : "");
        out.append(solution).append(settings.shotDelimiter("fewshot_delimiter", "\n\n"));
    }

    private String solution(Object answer, List<String> choices) {
        Object one = answer instanceof Boolean flag ? (Object) (flag ? 1L : 0L) : answer;
        if (one instanceof Long number && !choices.isEmpty()) {
            return choice(choices, number);
        }
        if (one instanceof List<?> several && !several.isEmpty()) {
            one = several.get(0);
        }
        if (one instanceof String solution) {
            return solution;
        }
        throw shotTarget.wrong("a text, or the number of a choice");
    }

    private String choice(List<String> choices, long number) {
        long at = number < 0 ? choices.size() + number : number;
        if (at < 0 || at >= choices.size()) {
            throw shotTarget.wrong("the number of a choice");
        }
        return choices.get((int) at);
    }

    /** Whether neither side of a join has white space there. */
    private static boolean joins(String before, String after) {
        return !before.isEmpty()
                && !Character.isWhitespace(before.codePointBefore(before.length()))
                && !Character.isWhitespace(after.codePointAt(0));
    }

    private String texts(@Nullable Object gold) {
        if (gold instanceof String one) {
            return one;
        }
        throw target.wrong("a text");
    }

    private Object numbered(@Nullable Object gold, List<String> choices) {
        if (gold instanceof List<?> several && severalTargets) {
            List<Object> numbers = new ArrayList<>();
            several.forEach(one -> numbers.add(numbered(one, choices)));
            return numbers;
        }
        if (gold instanceof Boolean flag) {
            return flag ? 1L : 0L;
        }
        if (gold instanceof Long number) {
            return number < choices.size() ? number : (Long) NO_CHOICE;
        }
        if (gold instanceof String name) {
            long at = choices.indexOf(name);
            return at < 0 ? NO_CHOICE : at;
        }
        throw target.wrong("the number or the text of a choice");
    }

    private Object expected(@Nullable Object gold, List<String> choices) {
        if (hasChoices) {
            if (gold instanceof Long number) {
                return choice(choices, number);
            }
            throw target.wrong("the number of a choice");
        }
        if (severalTargets) {
            List<?> several = gold instanceof List<?> list ? list : List.of(String.valueOf(gold));
            if (several.isEmpty() || several.stream().anyMatch(one -> !(one instanceof String))) {
                throw target.wrong("a list of texts");
            }
            return several;
        }
        if (gold instanceof String one) {
            return one;
        }
        if (gold instanceof Long || gold instanceof Double) {
            return String.valueOf(gold);
        }
        throw target.wrong("a text");
    }

    /** The problem that a file has no task. */
    static StageProblem noTask(TaskValue written) {
        return written.refused("is not a task file", "expected `task:` with a name, or `group:` with a list of tasks");
    }
}
