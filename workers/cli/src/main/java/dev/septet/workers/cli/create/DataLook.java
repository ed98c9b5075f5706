package dev.septet.workers.cli.create;

import dev.septet.activities.attempt.StageProblem;
import dev.septet.activities.dataset.DatasetReader;
import dev.septet.activities.dataset.Reading;
import dev.septet.activities.dataset.Row;
import dev.septet.activities.dataset.file.DatasetProblem;
import dev.septet.activities.files.ActivitySettings;
import dev.septet.activities.files.PipelineFiles;
import dev.septet.activities.prepare.DatasetPreview;
import dev.septet.activities.prepare.ModelRowEncoder;
import dev.septet.activities.prepare.PrepareActivitiesImpl;
import dev.septet.activities.prepare.SourceDigest;
import dev.septet.activities.source.SourceResolver;
import dev.septet.activities.source.SourceSet;
import dev.septet.dsl.PipelineCompiler;
import dev.septet.dsl.PipelineSource;
import dev.septet.dsl.pipeline.PipelineSpec;
import dev.septet.dsl.pipeline.SpecDigest;
import dev.septet.dsl.pipeline.prepare.DatasetFormat;
import dev.septet.dsl.text.PublicText;
import dev.septet.llm.format.FormatProblem;
import dev.septet.workers.cli.option.CliProblem;
import dev.septet.workers.cli.option.ExitCode;
import dev.septet.workflows.RunRef;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What {@code septet init} reads of a data file: the same first pass as {@code septet plan}.
 *
 * @param path the path as the pipeline file writes it
 * @param format the format of the rows
 * @param layout the layout of the file, such as {@code JSON Lines}
 * @param rows the number of rows of the file
 * @param read the number of rows that were read; of a large file, a sample
 * @param usable the number of rows that are neither bad nor duplicates; an estimate from a sample
 * @param bad the number of bad rows; an estimate from a sample
 * @param firstBad places and reasons of the first bad rows
 * @param answers what the answers look like
 * @param tokens lengths in tokens; null when the base model is not on this machine
 * @param longRows the number of rows that were read and have more than {@link #MOST_TOKENS} tokens; {@code tokens}
 *     leaves them out
 */
record DataLook(
        String path,
        DatasetFormat format,
        String layout,
        long rows,
        long read,
        long usable,
        long bad,
        List<String> firstBad,
        Answers answers,
        DatasetPreview.@Nullable Tokens tokens,
        long longRows) {
    /** Longer rows are not measured. */
    static final int MOST_TOKENS = 16_384;

    private static final int LOOKED_AT = 200;
    private static final int SHORT_ANSWER = 200;

    /** The kinds of answers, which choose the metric. */
    enum Answers {
        /** JSON objects, or short texts that are right or wrong. */
        EXACT,
        /** Longer texts. */
        PROSE,
        /** Pairs of a better and a worse answer. */
        PAIRS,
        /** No answers: plain text. */
        NONE
    }

    DataLook {
        firstBad = List.copyOf(firstBad);
    }

    /**
     * Reads a data file.
     *
     * @param folder the folder of the pipeline file
     * @param path the file as the pipeline file names it
     * @param readable the folder of the file, when it is not in the pipeline's folder
     * @param base the folder of the base model; null when it is not on this machine
     * @throws CliProblem RUN_FAILED when the file cannot be read, or be a dataset, with what was expected
     */
    static DataLook of(Path folder, String path, List<Path> readable, @Nullable Path base) {
        PipelineSpec spec = spec(folder, path, false, readable);
        try {
            SourceSet sources = sources(folder, spec, readable);
            DatasetFormat format = DatasetFormat.AUTO;
            Answers answers = Answers.NONE;
            try (DatasetReader reader =
                    DatasetReader.open(sources.sources().get(0).files().get(0), DatasetFormat.AUTO)) {
                answers = answers(reader);
                format = reader.format();
            }
            DatasetPreview preview = preview(format.pairs() ? spec(folder, path, true, readable) : spec, sources, base);
            return new DataLook(
                    path,
                    format,
                    preview.layout(),
                    preview.rowsInFile(),
                    preview.rows().read(),
                    preview.scaled(preview.rows().kept()),
                    preview.scaled(preview.rows().quarantined()),
                    preview.firstBadRows(),
                    answers,
                    preview.tokens(),
                    preview.longRows());
        } catch (DatasetProblem | StageProblem | FormatProblem problem) {
            throw new CliProblem(ExitCode.RUN_FAILED, "the data cannot be used: " + problem.getMessage());
        } catch (IOException | UncheckedIOException e) {
            throw unreadable(path, e);
        }
    }

    private static DatasetPreview preview(PipelineSpec spec, SourceSet sources, @Nullable Path base)
            throws IOException {
        if (base == null) {
            return preview(spec, sources, (ModelRowEncoder) null);
        }
        try (ModelRowEncoder encoder = new ModelRowEncoder(base, spec.prepare().maxTokens())) {
            return preview(spec, sources, encoder);
        }
    }

    private static DatasetPreview preview(PipelineSpec spec, SourceSet sources, @Nullable ModelRowEncoder encoder)
            throws IOException {
        return DatasetPreview.of(
                spec.prepare(),
                spec.train().objective(),
                sources,
                SourceDigest.of(sources),
                encoder,
                null,
                PrepareActivitiesImpl.SPLIT_SEED,
                null,
                null);
    }

    /**
     * Reads the data again, as {@code septet plan} would read it for a pipeline.
     *
     * @throws CliProblem RUN_FAILED when the rows cannot be read, or the stage {@code prepare} would refuse them
     */
    void requirePrepared(Path folder, PipelineSpec spec, List<Path> readable) {
        try {
            preview(spec, sources(folder, spec, readable), (ModelRowEncoder) null);
        } catch (DatasetProblem | StageProblem | FormatProblem problem) {
            throw new CliProblem(
                    ExitCode.RUN_FAILED, "the data cannot be used, so nothing was written: " + problem.getMessage());
        } catch (IOException | UncheckedIOException e) {
            throw unreadable(path, e);
        }
    }

    /** The file was there when it was named; it may have been moved, or its permissions changed. */
    private static CliProblem unreadable(String path, Exception e) {
        return new CliProblem(
                ExitCode.RUN_FAILED,
                "the data file %s cannot be read: %s. Put it back, or correct its permissions, and try again"
                        .formatted(PublicText.file(path), PublicText.of(e)));
    }

    private static SourceSet sources(Path folder, PipelineSpec spec, List<Path> readable) throws IOException {
        PipelineFiles files = new PipelineFiles(new ActivitySettings(folder, List.of(folder), readable));
        RunRef run = new RunRef(spec.name(), "init", folder.toString(), SpecDigest.of(spec));
        return SourceResolver.withoutPipelines(files).resolve(run, spec.prepare());
    }

    /** A pipeline that reads the file, with limits that no row exceeds. */
    private static PipelineSpec spec(Path folder, String path, boolean pairs, List<Path> readable) {
        String text = """
                pipeline('init') {
                    prepare { dataset %s; maxBadRows 1000000; maxTokens %s, longer: drop }
                    initialize { model 'no-owner/no-model' }
                    train { method lora()%s }
                }
                """.formatted(PipelineText.quoted(path), MOST_TOKENS, pairs ? "; objective dpo()" : "");
        var compiled = PipelineCompiler.compile(
                PipelineSource.of("pipeline.groovy", text).anywhereFrom(folder).reading(readable), Map.of());
        return compiled.spec()
                .orElseThrow(() -> new CliProblem(
                        ExitCode.USAGE,
                        "a pipeline file cannot name the data file %s: %s"
                                .formatted(
                                        PublicText.file(path),
                                        compiled.problems().isEmpty()
                                                ? ""
                                                : compiled.problems().get(0).message())));
    }

    private static Answers answers(DatasetReader reader) throws IOException {
        int texts = 0;
        int exact = 0;
        boolean pairs = false;
        for (int at = 0; at < LOOKED_AT; at++) {
            Optional<Reading> next = reader.next();
            if (next.isEmpty()) {
                break;
            }
            if (!(next.get() instanceof Row row)) {
                continue;
            }
            pairs |= reader.format().pairs();
            String answer = row.reference().orElse("").strip();
            if (!answer.isEmpty()) {
                texts++;
                exact += answer.length() <= SHORT_ANSWER && (answer.startsWith("{") || !answer.contains(". ")) ? 1 : 0;
            }
        }
        if (pairs) {
            return Answers.PAIRS;
        }
        return texts == 0 ? Answers.NONE : exact * 10 >= texts * 9 ? Answers.EXACT : Answers.PROSE;
    }

    /** Whether all rows were read, so that the counts are exact. */
    boolean whole() {
        return read >= rows;
    }

    /** The number of bad rows for people, such as {@code about 120} after a sample. */
    String badText() {
        return String.format(Locale.ROOT, whole() ? "%,d" : "about %,d", bad);
    }

    /**
     * The number of bad rows that a first run allows. Of a whole file it is exact. Of a sample it is twice the estimate,
     * because bad rows often come in groups, and room for those that the sample missed: when none of n rows is bad, up
     * to 3 in n are, at a confidence of 95 percent (the rule of three). It is rounded up to one digit, since it is no
     * measurement.
     *
     * @see <a href="https://doi.org/10.1001/jama.1983.03330370053031">Hanley and Lippman-Hand, 1983</a>
     */
    int badRowLimit() {
        if (whole()) {
            return (int) Math.min(Integer.MAX_VALUE, bad);
        }
        long limit = 2 * bad + (3 * rows + read - 1) / Math.max(1, read);
        long unit = 1;
        while (unit * 10 <= limit) {
            unit *= 10;
        }
        return (int) Math.min(Integer.MAX_VALUE, (limit + unit - 1) / unit * unit);
    }

    /** The format in the words of a pipeline file. */
    String formatWord() {
        return format.name().toLowerCase(Locale.ROOT);
    }
}
