package dev.septet.activities.evaluate;

import dev.septet.activities.attempt.StageProblem;
import dev.septet.activities.dataset.BadRow;
import dev.septet.activities.dataset.DatasetReader;
import dev.septet.activities.dataset.ExcludedRow;
import dev.septet.activities.dataset.PreferenceRow;
import dev.septet.activities.dataset.PreparedRows;
import dev.septet.activities.dataset.Reading;
import dev.septet.activities.dataset.Row;
import dev.septet.activities.dataset.RowMeta;
import dev.septet.activities.dataset.file.DatasetProblem;
import dev.septet.activities.dataset.file.SourceFile;
import dev.septet.activities.evaluate.gate.EnoughRows;
import dev.septet.activities.evaluate.metric.AnswerNeeds;
import dev.septet.activities.evaluate.metric.Metrics;
import dev.septet.activities.evaluate.subject.Prediction;
import dev.septet.activities.prepare.DatasetCard;
import dev.septet.activities.store.Sha256;
import dev.septet.dsl.pipeline.evaluate.EvaluateSpec;
import dev.septet.dsl.pipeline.evaluate.GroundingSpec;
import dev.septet.dsl.pipeline.evaluate.MetricSpec;
import dev.septet.dsl.pipeline.evaluate.SliceSpec;
import dev.septet.dsl.pipeline.evaluate.TestSetSpec;
import dev.septet.dsl.pipeline.prepare.DatasetFormat;
import dev.septet.workflows.FailureType;
import dev.septet.workflows.artifact.ArtifactRef;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalInt;

/** Reads the rows of an evaluation: the test split, the named sets, and the suite of general capability. */
public final class RowSource {
    /** A named set is held in memory, and so are its answers. */
    static final int MAX_ROWS = 100_000;

    private RowSource() {}

    /**
     * The test split's rows.
     *
     * @param seed seed of sampled answers
     * @throws StageProblem when there are none, or a metric needs answers but the rows are plain
     *     text, or a metric cannot score a row
     */
    public static EvaluationRows test(Path dataset, ArtifactRef ref, EvaluateSpec spec, long seed) throws IOException {
        return split("test", dataset, ref.sha256(), spec, seed);
    }

    /** The rows of the validation split. */
    static EvaluationRows validation(Path dataset, ArtifactRef ref, EvaluateSpec spec, long seed) throws IOException {
        return split("validation", dataset, "validation of " + ref.sha256(), spec, seed);
    }

    /** @param digest digest of the rows' bytes, different for each split */
    private static EvaluationRows split(String split, Path dataset, String digest, EvaluateSpec spec, long seed)
            throws IOException {
        List<PreparedRows.WithMeta> prepared =
                PreparedRows.readWithMeta(dataset.resolve(split + ".jsonl"), spec.limit());
        List<Row> rows = prepared.stream().map(PreparedRows.WithMeta::row).toList();
        if (rows.isEmpty()) {
            throw StageProblem.invalid(
                    "the %s split has no rows, so there is nothing to evaluate on; give `split` in prepare a share for %s, such as `%s: 10.percent`"
                            .formatted(split, split, split));
        }
        boolean answers = requireFit(rows, spec);
        return new EvaluationRows(
                rows,
                digest,
                answers ? OptionalInt.of(spec.maxNewTokens()) : OptionalInt.empty(),
                DatasetCard.cutAfter(dataset),
                spec.slices().isEmpty() && !readsColumn(spec)
                        ? List.of()
                        : prepared.stream().map(PreparedRows.WithMeta::meta).toList(),
                needs(spec),
                seed);
    }

    private static boolean readsColumn(EvaluateSpec spec) {
        GroundingSpec grounding = spec.checksOrNone().grounding();
        return grounding != null && grounding.context() != null;
    }

    /**
     * Checks that every metric can be computed on the rows.
     *
     * @return whether a metric or score reads answers
     */
    static boolean requireFit(List<Row> rows, EvaluateSpec spec) {
        List<String> reading = EvaluationInputs.readingAnswers(spec);
        if (!reading.isEmpty()) {
            for (Row row : rows) {
                if (row.reference().isEmpty()) {
                    throw StageProblem.invalid("%s: is plain text, but %s compares written answers with a reference;"
                                    .formatted(row.place(), String.join(", ", reading))
                            + " use loss or perplexity, or rows with answers");
                }
            }
        }
        requirePairs(rows, spec);
        List<String> references = rows.stream().map(Prediction::reference).toList();
        for (MetricSpec metric : spec.metrics()) {
            Metrics.of(metric).misfit(references).ifPresent(misfit -> {
                throw StageProblem.invalid(
                        "%s: %s; %s".formatted(rows.get(misfit.row()).place(), misfit.reason(), misfit.next()));
            });
        }
        return !reading.isEmpty();
    }

    /** What all metrics need together. */
    static AnswerNeeds needs(EvaluateSpec spec) {
        AnswerNeeds needs = spec.retrieval().isEmpty() ? AnswerNeeds.NONE : AnswerNeeds.COUNTS;
        for (MetricSpec metric : spec.metrics()) {
            try {
                needs = needs.and(Metrics.of(metric).needs());
            } catch (IllegalArgumentException e) {
                throw StageProblem.invalid("evaluate: " + e.getMessage());
            }
        }
        return needs;
    }

    private static void requirePairs(List<Row> rows, EvaluateSpec spec) {
        for (MetricSpec metric : spec.metrics()) {
            Row first = rows.get(0);
            if (Metrics.of(metric).readsPairs() && !(first instanceof PreferenceRow)) {
                throw StageProblem.invalid("%s: has one answer, but %s compares a chosen with a rejected one; use a"
                                .formatted(first.place(), metric.name())
                        + " dataset of preference pairs, or leave the metric out");
            }
        }
    }

    /** Digest of a suite's file. */
    static String digest(Path file) throws IOException {
        return Sha256.of(Files.readAllBytes(file));
    }

    /**
     * The rows of a named set.
     *
     * @param spec what is measured on this set
     * @param digest digest of the file and of how it is read
     * @throws StageProblem naming the first bad row, the metric that does not fit the rows, or the number of rows
     */
    static EvaluationRows set(TestSetSpec set, EvaluateSpec spec, Path file, String digest, long seed)
            throws IOException {
        String name = "test '%s'".formatted(set.name());
        List<Row> rows = new ArrayList<>();
        List<RowMeta> meta = new ArrayList<>();
        try (DatasetReader reader = DatasetReader.open(new SourceFile(file, set.path()), set.format(), set.names())) {
            reader.keep(set.slices().stream()
                    .filter(SliceSpec::ofColumn)
                    .map(SliceSpec::by)
                    .toList());
            for (Optional<Reading> next = reader.next(); next.isPresent(); next = reader.next()) {
                rows.add(row(next.get(), name));
                meta.add(reader.meta());
                if (rows.size() == spec.limit()) {
                    break;
                }
                if (rows.size() > MAX_ROWS) {
                    throw StageProblem.invalid(String.format(
                            Locale.ROOT, "%s has more than %,d rows; add a `limit` to its block", name, MAX_ROWS));
                }
            }
        } catch (DatasetProblem e) {
            throw new StageProblem(FailureType.POISON_DATA, "%s: %s".formatted(name, e.getMessage()), e);
        }
        if (rows.isEmpty()) {
            throw StageProblem.invalid("%s has no rows: '%s' is empty".formatted(name, set.path()));
        }
        boolean answers = requireFit(rows, spec);
        EnoughRows.requireSet(set, spec, rows.size());
        EvaluationRows all = new EvaluationRows(
                rows,
                digest,
                answers ? OptionalInt.of(spec.maxNewTokens()) : OptionalInt.empty(),
                OptionalInt.empty(),
                set.slices().isEmpty() ? List.of() : meta,
                needs(spec),
                seed);
        Slices.check(set.slices(), all);
        return all;
    }

    private static Row row(Reading reading, String name) {
        if (reading instanceof BadRow bad) {
            throw new StageProblem(FailureType.POISON_DATA, "%s: %s; correct or remove the row".formatted(name, bad));
        }
        if (reading instanceof ExcludedRow excluded) {
            throw new StageProblem(
                    FailureType.POISON_DATA,
                    "%s: %s: is an example of a bad answer, which no model should give; remove the row"
                            .formatted(name, excluded.place()));
        }
        return (Row) reading;
    }

    /**
     * Number of rows of a file, for estimates.
     *
     * @param name the file in the pipeline file
     */
    public static long count(Path file, String name) throws IOException {
        return file("rows", file, name, "", Integer.MAX_VALUE).rows().size();
    }

    /**
     * The forgetting suite's rows, for their losses.
     *
     * @param name the suite's name in the pipeline file
     * @throws StageProblem naming the first bad row, because a suite without it measures something
     *     else
     */
    static EvaluationRows suite(Path file, String name, String digest) throws IOException {
        return file("forgetting suite", file, name, digest, Integer.MAX_VALUE);
    }

    /**
     * The rows of a file of the evaluation, for their losses.
     *
     * @param what names the file's role in a message
     * @param name the file's name in the pipeline file
     * @param most the largest accepted number of rows
     * @throws StageProblem naming the first bad row
     */
    static EvaluationRows file(String what, Path file, String name, String digest, int most) throws IOException {
        List<Row> rows = new ArrayList<>();
        try (DatasetReader reader = DatasetReader.open(new SourceFile(file, name), DatasetFormat.AUTO)) {
            for (Optional<Reading> next = reader.next(); next.isPresent(); next = reader.next()) {
                rows.add(row(next.get(), what));
                if (rows.size() > most) {
                    throw StageProblem.invalid(String.format(
                            Locale.ROOT, "%s '%s' has more than %,d rows; remove some", what, name, most));
                }
            }
        } catch (DatasetProblem e) {
            throw new StageProblem(FailureType.POISON_DATA, "%s: %s".formatted(what, e.getMessage()), e);
        }
        if (rows.isEmpty()) {
            throw StageProblem.invalid("%s '%s' has no rows".formatted(what, name));
        }
        return new EvaluationRows(rows, digest, OptionalInt.empty());
    }
}
