package dev.septet.workers.cli.create;

import dev.septet.dsl.vocabulary.word.LiteralText;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.OptionalLong;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** The pipeline that a configuration becomes, statement by statement. */
final class ImportedPipeline {
    /** Septet compares models on rows that no training reads. */
    private static final int TEST_PERCENT = 5;

    /**
     * A dataset of the pipeline.
     *
     * @param source the first argument of {@code dataset}
     * @param options the options after it
     * @param limit the largest number of rows that are used; empty for all
     * @param counted the number of rows of the file, if it is here and can be counted
     */
    record Dataset(String source, List<String> options, OptionalLong limit, OptionalLong counted) {
        Dataset {
            options = List.copyOf(options);
        }

        /** A dataset whose rows are all used. */
        Dataset(String source, List<String> options, OptionalLong counted) {
            this(source, options, OptionalLong.empty(), counted);
        }

        /** The number of used rows, if it is known. */
        private OptionalLong rows() {
            if (options.stream().anyMatch(option -> option.startsWith("share:"))) {
                return OptionalLong.empty(); // rows of the larger datasets are left out
            }
            return limit.isEmpty() || counted.isEmpty()
                    ? counted
                    : OptionalLong.of(Math.min(limit.getAsLong(), counted.getAsLong()));
        }

        private String statement() {
            List<String> all = new ArrayList<>(options);
            limit.ifPresent(count -> all.add("limit: " + count));
            return "dataset " + source
                    + all.stream().map(option -> ", " + option).collect(Collectors.joining());
        }

        private boolean trains() {
            return options.stream().noneMatch(option -> option.startsWith("split:"));
        }
    }

    private final List<Dataset> datasets = new ArrayList<>();
    private final Map<String, String> columns = new TreeMap<>();
    private final Map<String, String> roles = new TreeMap<>();
    private final List<String> setup = new ArrayList<>();
    private final List<String> train = new ArrayList<>();
    private final List<String> adapter = new ArrayList<>();
    private String model = "";
    private boolean deduplicated;
    private boolean testsApart;
    private double validation;
    private String maxTokens = "";
    private String method = "full()";
    private String objective = "";
    private String target = "";
    private boolean pairs;

    void model(String statement) {
        model = statement;
    }

    void dataset(Dataset dataset) {
        datasets.add(dataset);
        testsApart |= dataset.options().contains("split: test");
    }

    /** A column's name in the file, for all datasets; false when another dataset has another name for it. */
    boolean column(String field, String name) {
        String before = columns.putIfAbsent(field, name);
        return before == null || before.equals(name);
    }

    boolean role(String role, String word) {
        String before = roles.putIfAbsent(role, word);
        return before == null || before.equals(word);
    }

    void deduplicate() {
        deduplicated = true;
    }

    void validation(double percent) {
        validation = percent;
    }

    void maxTokens(int count, String longer) {
        maxTokens = "maxTokens %s, longer: %s".formatted(count, longer);
    }

    void setup(String statement) {
        setup.add(statement);
    }

    void train(String statement) {
        train.add(statement);
    }

    /** A method with the words of an adapter. */
    void adapter(String name) {
        method = name;
    }

    void adapterWord(String statement) {
        adapter.add(statement);
    }

    void method(String value) {
        method = value;
    }

    void objective(String value, boolean ofPairs) {
        objective = value;
        pairs = ofPairs;
    }

    boolean pairs() {
        return pairs;
    }

    void target(String value) {
        target = value;
    }

    /** Whether the method is an adapter on a base model in 4 bits. */
    boolean quantized() {
        return method.equals("qlora");
    }

    /** The number of rows before the split, if every dataset could be counted. */
    OptionalLong rowsToSplit() {
        long rows = 0;
        for (Dataset dataset : datasets) {
            if (dataset.trains()) {
                OptionalLong used = dataset.rows();
                if (used.isEmpty()) {
                    return used;
                }
                rows += used.getAsLong();
            }
        }
        return OptionalLong.of(rows);
    }

    /** The number of training rows, if every dataset could be counted. */
    OptionalLong trainingRows() {
        OptionalLong rows = rowsToSplit();
        return rows.isEmpty()
                ? rows
                : OptionalLong.of((long) Math.ceil(rows.getAsLong() * (100 - validation - test()) / 100));
    }

    private double test() {
        return testsApart ? 0 : TEST_PERCENT;
    }

    /** The text of the file. */
    String text(String name, String origin) {
        PipelineText out = new PipelineText();
        out.comment(
                "Translated from %s by `septet import`, whose report says what became of each key.".formatted(origin));
        out.open("pipeline(%s)".formatted(PipelineText.quoted(name)));
        prepare(out);
        out.open("initialize").statement("model " + model).close();
        if (!setup.isEmpty()) {
            out.open("setup");
            setup.forEach(out::statement);
            out.close();
        }
        out.open("train");
        out.statement("method " + (adapter.isEmpty() ? method : method + " { " + String.join("; ", adapter) + " }"));
        if (!objective.isEmpty()) {
            out.statement("objective " + objective);
        }
        train.forEach(out::statement);
        out.close();
        out.open("evaluate");
        out.comment("The other tool has no gate. This one publishes a model only if it is better than the base model.");
        out.statement(pairs ? "metric preferenceAccuracy" : "metric loss");
        out.statement("compare baseline").close();
        if (!target.isEmpty()) {
            out.open("deploy").statement("target " + target).close();
        }
        return out.close().text();
    }

    private void prepare(PipelineText out) {
        out.open("prepare");
        for (Dataset dataset : datasets) {
            out.statement(dataset.statement());
        }
        if (!columns.isEmpty()) {
            out.statement("columns " + options(columns));
        }
        if (!roles.isEmpty()) {
            out.statement("roles " + options(roles));
        }
        if (deduplicated) {
            out.statement("deduplicate exact");
        }
        if (!testsApart) {
            out.comment("The test rows decide the gate; no training reads them.");
        }
        out.statement(String.format(
                Locale.ROOT,
                "split train: %s.percent, validation: %s.percent, test: %s.percent",
                LiteralText.of(100 - validation - test()),
                LiteralText.of(validation),
                LiteralText.of(test())));
        if (!maxTokens.isEmpty()) {
            out.statement(maxTokens);
        }
        out.close();
    }

    private static String options(Map<String, String> names) {
        return names.entrySet().stream()
                .map(entry -> entry.getKey() + ": " + PipelineText.quoted(entry.getValue()))
                .collect(Collectors.joining(", "));
    }

    /** Whether a split or a dataset of its own gives a validation loss. */
    boolean hasValidationRows() {
        return validation > 0
                || datasets.stream().anyMatch(dataset -> dataset.options().contains("split: validation"));
    }

    /** Whether there is a dataset to train on. */
    boolean hasRows() {
        return datasets.stream().anyMatch(Dataset::trains);
    }

    /** The statement that names the base model; empty without one. */
    @Nullable
    String modelOrNull() {
        return model.isEmpty() ? null : model;
    }
}
