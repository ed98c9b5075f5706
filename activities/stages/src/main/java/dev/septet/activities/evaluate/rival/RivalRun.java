package dev.septet.activities.evaluate.rival;

import dev.septet.activities.attempt.StageProblem;
import dev.septet.activities.dataset.Row;
import dev.septet.activities.evaluate.check.CheckFindings;
import dev.septet.activities.evaluate.check.CheckedModels.Which;
import dev.septet.activities.evaluate.check.ExamSet;
import dev.septet.activities.evaluate.gate.Bootstrap;
import dev.septet.activities.evaluate.gate.Gate;
import dev.septet.activities.evaluate.gate.Interval;
import dev.septet.activities.evaluate.gate.Measurement;
import dev.septet.activities.evaluate.gate.Tallies;
import dev.septet.activities.evaluate.metric.AnswerFacts;
import dev.septet.activities.evaluate.metric.Metric;
import dev.septet.activities.evaluate.metric.Outcome;
import dev.septet.activities.evaluate.metric.sampled.MeanStates;
import dev.septet.activities.evaluate.rival.RivalReport.Choice;
import dev.septet.activities.prepare.ModelRowEncoder;
import dev.septet.activities.prepare.check.RowTexts;
import dev.septet.activities.store.Sha256;
import dev.septet.dsl.pipeline.evaluate.RetrievalSpec;
import dev.septet.llm.model.config.ModelConfig;
import dev.septet.workflows.artifact.Score;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.OptionalInt;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Compares the tuned model with the base model that has the nearest training rows in its prompt, and measures the tuned model
 * with such prompts too. The gate judges only the tuned model without retrieval, which is what a run deploys.
 *
 * @param dataset folder of the prepared dataset
 * @param base folder of the base model
 * @param sets all sets of the exam; the test split is the first
 * @param answerTokens token limit of an answer
 */
public record RivalRun(
        List<RetrievalSpec> specs,
        Path dataset,
        Path base,
        List<ExamSet> sets,
        int answerTokens,
        RivalModels models,
        Bootstrap bootstrap) {
    /** The vectors of more rows need more than an hour of a processor. */
    static final int MOST_VECTORS = 200_000;

    /** A text of more characters for each position of the context is not read by an index. */
    private static final int CHARACTERS = 16;

    /** Characters of all prompts of a set, and of the rows in them, which are in memory. */
    private static final int MOST_CHARACTERS = 200_000_000;

    /** Rows between two reports of progress. */
    private static final int EACH = 64;

    public RivalRun {
        specs = List.copyOf(specs);
        sets = List.copyOf(sets);
    }

    /** One model with one kind of prompts, on one set. */
    private record Answered(
            Choice choice, RetrievalSpec.@Nullable By by, Which model, ExamSet asked, List<Outcome> outcomes) {}

    /** Runs the comparison. */
    public CheckFindings run() throws IOException {
        ModelConfig config = ModelConfig.read(base);
        RetrievableRows training = new RetrievableRows(dataset, CHARACTERS * config.maxPositions());
        List<RivalReport.Method> methods = new ArrayList<>();
        List<List<RivalReport.Prompts>> prompts = new ArrayList<>();
        List<List<Answered>> answered = new ArrayList<>();
        for (ExamSet set : sets) {
            prompts.add(new ArrayList<>());
            answered.add(new ArrayList<>(List.of(
                    answered(Choice.NEITHER, null, Which.BASE, set, set),
                    answered(Choice.FINE_TUNE, null, Which.TUNED, set, set))));
        }
        RetrievableRows.Size size = new RetrievableRows.Size(0, 0);
        for (RetrievalSpec spec : specs) {
            Integer layer = spec.by() == RetrievalSpec.By.WORDS ? null : layer(spec, config);
            try (NearestRows index = open(layer, config.hiddenSize());
                    ModelRowEncoder encoder = new ModelRowEncoder(base, config.maxPositions())) {
                size = training.index(index, rows -> progress(spec, rows));
                if (size.rows() == 0) {
                    throw StageProblem.invalid("evaluate: `compare retrieval` needs training rows, but the train split"
                            + " has none; give `split` in prepare a share for training");
                }
                methods.add(new RivalReport.Method(spec.by(), spec.rows(), layer, index.bytes()));
                for (int at = 0; at < sets.size(); at++) {
                    ExamSet set = sets.get(at);
                    List<int[]> nearest = index.nearest(
                            set.rows().stream()
                                    .map(row -> training.shortened(RetrievableRows.text(row)))
                                    .toList(),
                            spec.rows());
                    RetrievedPrompts retrieved = new RetrievedPrompts(encoder, config.maxPositions(), answerTokens);
                    ExamSet asked = asked(set, nearest, examples(set, training, nearest), retrieved);
                    prompts.get(at).add(prompts(spec, retrieved.counts()));
                    answered.get(at).add(answered(Choice.RETRIEVE, spec.by(), Which.BASE, set, asked));
                    answered.get(at).add(answered(Choice.BOTH, spec.by(), Which.TUNED, set, asked));
                }
            }
        }
        List<Score> scores = new ArrayList<>();
        Map<String, Interval> intervals = new TreeMap<>();
        List<RivalReport.Set> found = new ArrayList<>();
        for (int at = 0; at < sets.size(); at++) {
            judge(sets.get(at), answered.get(at), scores, intervals);
            found.add(measured(sets.get(at), prompts.get(at), answered.get(at)));
        }
        RivalReport report = new RivalReport(size.rows(), size.bytes(), methods, found);
        return new CheckFindings(scores, intervals, Map.of(RivalReport.NAME, report), List.of());
    }

    private void progress(RetrievalSpec spec, int rows) {
        if (spec.by() == RetrievalSpec.By.VECTORS && rows > MOST_VECTORS) {
            throw StageProblem.invalid(String.format(
                    Locale.ROOT,
                    "evaluate: `compare retrieval(by: vectors)` takes at most %,d training rows, and there are more; write `by: words`",
                    MOST_VECTORS));
        }
        if (rows % EACH == 0) {
            models.report("indexing the training rows", rows, rows);
        }
    }

    private static int layer(RetrievalSpec spec, ModelConfig config) {
        Integer given = spec.layer();
        return given == null ? MeanStates.middle(config) : given;
    }

    private NearestRows open(@Nullable Integer layer, int size) throws IOException {
        if (layer == null) {
            return new WordIndex(models.scratch());
        }
        TextVectors vectors = models.vectors(layer, size);
        return new VectorIndex(models.scratch(), new TextVectors() {
            private int computed;

            @Override
            public List<float[]> of(List<String> texts) throws IOException {
                models.report("computing vectors", computed, computed);
                computed += texts.size();
                return vectors.of(texts);
            }

            @Override
            public void close() throws IOException {
                vectors.close();
            }
        });
    }

    private Answered answered(Choice choice, RetrievalSpec.@Nullable By by, Which model, ExamSet set, ExamSet asked)
            throws IOException {
        return new Answered(choice, by, model, asked, models.outcomes(model, set, asked));
    }

    private ExamSet asked(ExamSet set, List<int[]> nearest, Map<Integer, Row> training, RetrievedPrompts retrieved) {
        List<Row> rows = new ArrayList<>();
        StringBuilder texts = new StringBuilder();
        for (int at = 0; at < set.rows().size(); at++) {
            Row row = retrieved.with(set.rows().get(at), nearest.get(at), training);
            rows.add(row);
            if (at % EACH == 0) {
                models.report("writing prompts", at, set.rows().size());
            }
            RowTexts.all(row)
                    .forEach(text ->
                            texts.append(text.length()).append(':').append(text).append('\n'));
            if (texts.length() > MOST_CHARACTERS) {
                throw tooMany(set);
            }
        }
        return new ExamSet(set.name(), rows, Sha256.of(set.digest() + "\n" + texts), OptionalInt.empty());
    }

    private static Map<Integer, Row> examples(ExamSet set, RetrievableRows training, List<int[]> nearest)
            throws IOException {
        return training.read(nearest, MOST_CHARACTERS).orElseThrow(() -> tooMany(set));
    }

    private static StageProblem tooMany(ExamSet set) {
        return StageProblem.invalid(String.format(
                Locale.ROOT,
                "evaluate: `compare retrieval` needs more than %,d characters of prompts for the %s; set a `limit`, or fewer `rows:`",
                MOST_CHARACTERS,
                set.title()));
    }

    private static RivalReport.Prompts prompts(RetrievalSpec spec, RetrievedPrompts.Counts counts) {
        return new RivalReport.Prompts(
                spec.by(),
                (double) counts.rows / Math.max(1, counts.prompts),
                counts.fewer,
                counts.without,
                counts.tooLong,
                counts.control);
    }

    /** The tuned model against the base model with retrieval. A rival that cannot be measured is never beaten. */
    private void judge(ExamSet set, List<Answered> answered, List<Score> scores, Map<String, Interval> intervals) {
        List<Outcome> tuned = answered.get(1).outcomes;
        for (RetrievalSpec spec : specs) {
            List<Outcome> rival = answered.stream()
                    .filter(each -> each.choice == Choice.RETRIEVE && each.by == spec.by())
                    .findFirst()
                    .orElseThrow()
                    .outcomes;
            String name = "retrieval by " + spec.by().name().toLowerCase(Locale.ROOT);
            for (Metric metric : models.metrics(set)) {
                Measurement measured =
                        Measurement.of(metric, rival, tuned, bootstrap).on(set.name());
                Score score = Gate.against(measured, name, "the base model with " + name, spec.compare());
                scores.add(score);
                intervals.put(score.metric(), measured.interval());
            }
        }
    }

    private RivalReport.Set measured(ExamSet set, List<RivalReport.Prompts> prompts, List<Answered> answered)
            throws IOException {
        List<Map<String, RivalReport.Value>> values = new ArrayList<>();
        answered.forEach(each -> values.add(new TreeMap<>()));
        List<RivalReport.Difference> differences = new ArrayList<>();
        List<RivalReport.Measured> measures = new ArrayList<>();
        for (Metric metric : models.metrics(set)) {
            measures.add(new RivalReport.Measured(metric.name(), metric.lowerIsBetter()));
            Metric last = null;
            List<Tallies> all = List.of();
            for (int of = 0; of < answered.size(); of++) {
                Metric fitted = metric.fit(answered.get(of).outcomes);
                if (!fitted.equals(last)) { // most metrics are fitted to nothing, so each row is tallied once
                    all = answered.stream()
                            .map(each -> Tallies.of(fitted, each.outcomes))
                            .toList();
                    last = fitted;
                }
                Tallies after = all.get(of);
                values.get(of)
                        .put(
                                metric.name(),
                                new RivalReport.Value(after.score(), bootstrap.interval(after.rows(), after::score)));
                for (int from = 0; from < of; from++) {
                    Tallies before = all.get(from);
                    differences.add(new RivalReport.Difference(
                            metric.name(),
                            of,
                            from,
                            after.score() - before.score(),
                            bootstrap.interval(after.rows(), choice -> after.score(choice) - before.score(choice))));
                }
            }
        }
        List<RivalReport.Candidate> candidates = new ArrayList<>();
        for (int at = 0; at < answered.size(); at++) {
            Answered each = answered.get(at);
            candidates.add(new RivalReport.Candidate(
                    each.choice,
                    each.by,
                    values.get(at),
                    mean(each.outcomes, true),
                    mean(each.outcomes, false),
                    models.timed(each.model, set, each.asked)));
        }
        return new RivalReport.Set(set.name(), set.rows().size(), measures, prompts, candidates, differences);
    }

    /** Mean number of tokens; NaN where a model has no answers. */
    private static double mean(List<Outcome> outcomes, boolean prompt) {
        double sum = 0;
        for (Outcome outcome : outcomes) {
            AnswerFacts facts = outcome.facts();
            Integer tokens = facts == null ? null : prompt ? facts.promptTokens() : facts.answerTokens();
            sum += tokens == null ? Double.NaN : tokens;
        }
        return sum / outcomes.size();
    }
}
