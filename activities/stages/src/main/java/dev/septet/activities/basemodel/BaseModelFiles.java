package dev.septet.activities.basemodel;

import dev.septet.activities.files.PipelineFiles;
import dev.septet.dsl.pipeline.HubId;
import dev.septet.dsl.pipeline.InitializeSpec;
import dev.septet.llm.probe.ModelCheck;
import dev.septet.workflows.Progress;
import dev.septet.workflows.RunRef;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;

/** Provides the folder of a pipeline's base model, from any source. */
public final class BaseModelFiles {
    private static final int MEGABYTE = 1_000_000;

    private final PipelineFiles files;
    private final HubModels hub;
    private final GgufModels ggufs;

    public BaseModelFiles(PipelineFiles files, HubModels hub, GgufModels ggufs) {
        this.files = files;
        this.hub = hub;
        this.ggufs = ggufs;
    }

    /** Configured by this process's environment variables. */
    public static BaseModelFiles ofProcess(PipelineFiles files) {
        return of(files, System.getenv());
    }

    /** Configured by the given environment variables. */
    public static BaseModelFiles of(PipelineFiles files, Map<String, String> environment) {
        Path home = Path.of(System.getProperty("user.home"));
        return new BaseModelFiles(
                files, new HubModels(HubSettings.of(environment, home)), GgufModels.of(environment, home));
    }

    /**
     * A folder in Hugging Face layout. An existing path takes precedence over a hub model of the
     * same name.
     *
     * @param progress receives download progress; may throw to cancel the download
     * @throws dev.septet.activities.attempt.StageProblem when the model does not exist or may not
     *     be read
     */
    public Path folder(RunRef run, InitializeSpec spec, Consumer<Progress> progress) throws IOException {
        Optional<HubId> id = HubId.of(spec.model());
        if (id.isPresent() && (spec.revision() != null || !beside(run, spec.model()))) {
            String doing = "fetching " + id.get();
            return hub.folder(
                    id.get(),
                    Optional.ofNullable(spec.revision()),
                    (done, total) -> progress.accept(Progress.of(doing, done / MEGABYTE, total / MEGABYTE, "MB")));
        }
        Path path = files.read(run, spec.model());
        if (Files.isDirectory(path) || !isGguf(path)) {
            if (Files.isDirectory(path)) {
                ModelCheck.folder(path);
            }
            return path;
        }
        progress.accept(Progress.of("reading the GGUF", 0, 1, "files"));
        return ggufs.folder(path);
    }

    /** Whether the name, or its parent folder, exists beside the pipeline. */
    private static boolean beside(RunRef run, String name) {
        Path path = Path.of(run.folder()).resolve(name);
        return Files.exists(path) || Files.exists(path.resolve("..").normalize());
    }

    private static boolean isGguf(Path path) {
        return path.toString().toLowerCase(Locale.ROOT).endsWith(".gguf");
    }
}
