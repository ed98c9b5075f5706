package dev.septet.activities.dataset.source;

import dev.septet.activities.attempt.StageProblem;
import dev.septet.activities.dataset.file.SourceFile;
import dev.septet.activities.files.PipelineFiles;
import dev.septet.dsl.pipeline.prepare.DatasetFiles;
import dev.septet.dsl.pipeline.prepare.PrepareSpec;
import dev.septet.dsl.pipeline.prepare.SourceSpec;
import dev.septet.workflows.RunRef;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;

/** Finds the files of a pipeline's sources on this machine. */
public final class SourceResolver {
    private final PipelineFiles files;
    private final PreparedFiles prepared;

    /**
     * @param prepared gives the prepared rows of other pipelines
     */
    public SourceResolver(PipelineFiles files, PreparedFiles prepared) {
        this.files = files;
        this.prepared = prepared;
    }

    /** Sources whose other pipelines cannot be read, because nothing runs. */
    public static SourceResolver withoutPipelines(PipelineFiles files) {
        return new SourceResolver(files, source -> {
            throw StageProblem.invalid(
                    "%s cannot be read before a run: only datasets that are files can be".formatted(source.name()));
        });
    }

    /** The prepared rows of other pipelines. */
    @FunctionalInterface
    public interface PreparedFiles {
        /** One file with all rows that the source's pipeline prepared. */
        SourceFile of(SourceSpec source) throws IOException;
    }

    /**
     * All sources of a pipeline.
     *
     * @throws StageProblem INVALID_PIPELINE when a source does not exist, POLICY_DENIED when this
     *     worker may not read it
     */
    public SourceSet resolve(RunRef run, PrepareSpec spec) throws IOException {
        List<DatasetSource> sources = new ArrayList<>();
        for (SourceSpec source : spec.inputs()) {
            sources.add(new DatasetSource(source, files(run, source)));
        }
        return SourceSet.of(spec, sources);
    }

    private List<SourceFile> files(RunRef run, SourceSpec source) throws IOException {
        if (source.pipeline() != null) {
            return List.of(prepared.of(source));
        }
        String path = Objects.requireNonNull(source.path());
        SourceFolder folder = new SourceFolder(files, run);
        return DatasetFiles.several(path) ? folder.files(path) : List.of(folder.file(path));
    }
}
