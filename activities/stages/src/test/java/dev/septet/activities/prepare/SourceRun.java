package dev.septet.activities.prepare;

import dev.septet.activities.dataset.PreparedRows;
import dev.septet.activities.dataset.Row;
import dev.septet.activities.files.ActivitySettings;
import dev.septet.activities.files.PipelineFiles;
import dev.septet.activities.prepare.redaction.NameFile;
import dev.septet.activities.prepare.split.SplitName;
import dev.septet.activities.prepare.synthetic.SyntheticFiles;
import dev.septet.activities.source.SourceResolver;
import dev.septet.activities.source.SourceSet;
import dev.septet.dsl.PipelineCompiler;
import dev.septet.dsl.PipelineSource;
import dev.septet.dsl.pipeline.prepare.PrepareSpec;
import dev.septet.workflows.RunRef;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * Prepares the sources of a {@code prepare} block with a tiny model.
 *
 * @param folder the folder of the pipeline file and its data
 * @param out the prepared dataset
 */
public record SourceRun(Path folder, Path out, DatasetCard card) {
    /** The spec of a block's lines. */
    public static PrepareSpec spec(String lines) {
        var compilation = PipelineCompiler.compile(
                PipelineSource.of(
                        "p.groovy",
                        "pipeline('p') {\nprepare {\n" + lines
                                + "\n}\ninitialize { model 'm/x' }\ntrain { method lora() }\n}\n"),
                Map.of());
        if (compilation.spec().isEmpty()) {
            throw new IllegalArgumentException(compilation.printed());
        }
        return compilation.spec().get().prepare();
    }

    /** The run of a pipeline file in a folder. */
    public static RunRef run(Path folder) {
        return new RunRef("p", "run", folder.toString(), "0".repeat(64));
    }

    /** The files that a worker reads which serves no other folder. */
    public static PipelineFiles files(Path folder) {
        return new PipelineFiles(new ActivitySettings(folder.resolve("store"), List.of(), List.of()));
    }

    /** Prepares files of the folder. */
    public static SourceRun of(Path folder, String lines) throws IOException {
        PrepareSpec spec = spec(lines);
        return of(folder, spec, SourceResolver.withoutPipelines(files(folder)).resolve(run(folder), spec));
    }

    /** Prepares sources. */
    public static SourceRun of(Path folder, PrepareSpec spec, SourceSet sources) throws IOException {
        return of(folder, spec, sources, SyntheticRows.Generating.NONE, (doing, done, total) -> {});
    }

    /** Prepares files of the folder, with rows that models write. */
    static SourceRun of(Path folder, String lines, SyntheticRows.Generating generating, SyntheticRows.Progress progress)
            throws IOException {
        PrepareSpec spec = spec(lines);
        SourceSet sources = SourceResolver.withoutPipelines(files(folder)).resolve(run(folder), spec);
        return of(folder, spec, sources, generating, progress);
    }

    private static SourceRun of(
            Path folder,
            PrepareSpec spec,
            SourceSet sources,
            SyntheticRows.Generating generating,
            SyntheticRows.Progress progress)
            throws IOException {
        Path scratch = Files.createTempDirectory(folder, "scratch");
        Path out = Files.createTempDirectory(folder, "out");
        try (ModelRowEncoder encoder = new ModelRowEncoder(TinyModels.chat(), spec.maxTokens())) {
            DatasetCard card = new Preparation(spec, sources, SourceDigest.of(sources), encoder, encoder.digest(), 1)
                    .naming(NameFile.of(files(folder), run(folder), spec.redact()))
                    .making(SyntheticFiles.of(files(folder), run(folder), spec.syntheticOrNone()), generating, progress)
                    .run(scratch, out, rows -> {});
            return new SourceRun(folder, out, card);
        }
    }

    /** The rows of a split. */
    public List<Row> rows(String split) throws IOException {
        return PreparedRows.read(out.resolve(split + ".jsonl"), 0);
    }

    /** The rows of all splits. */
    public List<Row> rows() throws IOException {
        List<Row> all = new ArrayList<>();
        for (SplitName name : SplitName.values()) {
            all.addAll(rows(name.word()));
        }
        return all;
    }
}
