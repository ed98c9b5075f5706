package dev.septet.activities.source;

import dev.septet.activities.attempt.StageProblem;
import dev.septet.activities.basemodel.HubDatasets;
import dev.septet.activities.basemodel.HubListener;
import dev.septet.activities.basemodel.HubSettings;
import dev.septet.activities.dataset.file.SourceFile;
import dev.septet.activities.files.PipelineFiles;
import dev.septet.dsl.pipeline.prepare.DatasetFiles;
import dev.septet.dsl.pipeline.prepare.HubDatasetSpec;
import dev.septet.dsl.pipeline.prepare.PrepareSpec;
import dev.septet.dsl.pipeline.prepare.SourceSpec;
import dev.septet.workflows.RunRef;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** Finds the files of a pipeline's sources on this machine. */
public final class SourceResolver {
    private final PipelineFiles files;
    private final PreparedFiles prepared;
    private final HubDatasets hub;
    private final HubListener listener;
    private final @Nullable RemoteSources remote;

    /**
     * @param prepared gives the prepared rows of other pipelines
     * @param hub gives datasets of the Hub
     * @param listener receives the progress of downloads
     */
    public SourceResolver(PipelineFiles files, PreparedFiles prepared, HubDatasets hub, HubListener listener) {
        this(files, prepared, hub, listener, null);
    }

    private SourceResolver(
            PipelineFiles files,
            PreparedFiles prepared,
            HubDatasets hub,
            HubListener listener,
            @Nullable RemoteSources remote) {
        this.files = files;
        this.prepared = prepared;
        this.hub = hub;
        this.listener = listener;
        this.remote = remote;
    }

    /** A resolver that also reads buckets, databases and reviewed rows. */
    public SourceResolver with(RemoteSources sources) {
        return new SourceResolver(files, prepared, hub, listener, sources);
    }

    /** With the Hub of this process's environment variables. */
    public SourceResolver(PipelineFiles files, PreparedFiles prepared, HubListener listener) {
        this(
                files,
                prepared,
                new HubDatasets(HubSettings.of(System.getenv(), Path.of(System.getProperty("user.home")))),
                listener);
    }

    /** Sources whose other pipelines cannot be read, because nothing runs. */
    public static SourceResolver withoutPipelines(PipelineFiles files) {
        return new SourceResolver(files, SourceResolver::notBeforeARun, (done, total) -> {});
    }

    private static SourceFile notBeforeARun(SourceSpec source) {
        throw StageProblem.invalid(
                "%s cannot be read before a run: only datasets that are files can be".formatted(source.name()));
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
            sources.add(resolve(run, source));
        }
        return SourceSet.of(spec, sources);
    }

    /** One source of a pipeline. */
    public DatasetSource resolve(RunRef run, SourceSpec source) throws IOException {
        HubDatasetSpec dataset = source.huggingFace();
        if (dataset == null && !source.fixed() && source.pipeline() == null) {
            if (remote == null) {
                return new DatasetSource(source, List.of(notBeforeARun(source)), null);
            }
            return new DatasetSource(source, remote.files(run, source, listener::at), null);
        }
        if (dataset == null) {
            return new DatasetSource(source, files(run, source), null);
        }
        HubDatasets.Found found = hub.files(dataset, listener);
        List<SourceFile> files = new ArrayList<>();
        for (String name : found.names()) {
            Path path = found.folder().resolve(name).toRealPath();
            files.add(new SourceFile(path, dataset.id() + "/" + name, DatasetFolder.content(name)));
        }
        return new DatasetSource(source, files, found.commit());
    }

    private List<SourceFile> files(RunRef run, SourceSpec source) throws IOException {
        if (source.pipeline() != null) {
            return List.of(prepared.of(source));
        }
        String path = Objects.requireNonNull(source.path());
        DatasetFolder folder = new DatasetFolder(files, run);
        boolean documents = source.documents() != null;
        if (DatasetFiles.several(path)) {
            return folder.files(path, documents);
        }
        return List.of(documents ? folder.document(path) : folder.file(path));
    }
}
