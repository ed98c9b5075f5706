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
 * @param rows the number of rows of the file; an estimate for a large file
 * @param usable the number of rows that are neither bad nor duplicates
 * @param bad the number of bad rows
 * @param firstBad places and reasons of the first bad rows
 * @param answers what the answers look like
 * @param tokens lengths in tokens; null when the base model is not on this machine
 */
record DataLook(
        String path,
        DatasetFormat format,
        String layout,
        long rows,
        long usable,
        long bad,
        List<String> firstBad,
        Answers answers,
        DatasetPreview.@Nullable Tokens tokens) {
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
     * @throws CliProblem RUN_FAILED when the file cannot be a dataset, with what was expected
     */
    static DataLook of(Path folder, String path, List<Path> readable, @Nullable Path base) throws IOException {
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
                    preview.scaled(preview.rows().kept()),
                    preview.scaled(preview.rows().quarantined()),
                    preview.firstBadRows(),
                    answers,
                    preview.tokens());
        } catch (DatasetProblem | StageProblem | FormatProblem problem) {
            throw new CliProblem(ExitCode.RUN_FAILED, "the data cannot be used: " + problem.getMessage());
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
     * Reads the data as {@code septet plan} would read it for a pipeline.
     *
     * @throws CliProblem RUN_FAILED when the stage {@code prepare} would refuse the rows
     */
    static void requirePrepared(Path folder, PipelineSpec spec, List<Path> readable) throws IOException {
        try {
            preview(spec, sources(folder, spec, readable), (ModelRowEncoder) null);
        } catch (DatasetProblem | StageProblem | FormatProblem problem) {
            throw new CliProblem(
                    ExitCode.RUN_FAILED, "the data cannot be used, so nothing was written: " + problem.getMessage());
        }
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
                    prepare { dataset %s; maxBadRows 1000000; maxTokens 16384, longer: drop }
                    initialize { model 'no-owner/no-model' }
                    train { method lora()%s }
                }
                """.formatted(PipelineText.quoted(path), pairs ? "; objective dpo()" : "");
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

    /** The format in the words of a pipeline file. */
    String formatWord() {
        return format.name().toLowerCase(Locale.ROOT);
    }
}
