package dev.septet.activities.files;

import dev.septet.activities.attempt.StageProblem;
import dev.septet.workflows.FailureType;
import dev.septet.workflows.RunRef;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/**
 * Resolves the paths of a pipeline file. Anyone who can start a workflow can name a path. So a path
 * to read must be in a folder that the operator serves, and a path to write in the pipeline's own
 * folder. Links count by their targets.
 */
public final class PipelineFiles {
    /** Name prefix of pipelines whose text is part of the request. */
    public static final String INLINE = "inline.";

    private final List<Path> readable;
    private final Path inline;

    public PipelineFiles(ActivitySettings settings) {
        this.inline = settings.store().resolveSibling("inline").toAbsolutePath().normalize();
        this.readable = Stream.concat(settings.catalogue().stream(), settings.dataRoots().stream())
                .toList();
    }

    /**
     * An existing file or folder to read.
     *
     * @throws StageProblem INVALID_PIPELINE when it does not exist, POLICY_DENIED when it is
     *     outside
     */
    public Path read(RunRef run, String written) throws IOException {
        Path path = resolved(Path.of(run.folder()), written);
        if (!Files.exists(path)) {
            throw StageProblem.invalid("'%s': no such file or folder; the path is %s".formatted(written, path));
        }
        Path real = path.toRealPath();
        List<Path> allowed = new ArrayList<>(List.of(Path.of(run.folder())));
        allowed.addAll(readable);
        for (Path root : allowed) {
            if (Files.isDirectory(root) && real.startsWith(root.toRealPath())) {
                return real;
            }
        }
        throw denied(
                written,
                "reads outside of the folders that this worker serves; move it beside the pipeline"
                        + " file, or let the worker's operator add its folder: `septet run`, `dev`"
                        + " and `worker` take --data DIR and SEPTET_DATA");
    }

    /** Whether a path to read exists, wherever it is. */
    public boolean exists(RunRef run, String written) {
        return Files.exists(resolved(Path.of(run.folder()), written));
    }

    /**
     * A path to write below the pipeline's folder. For a pipeline whose text is part of the
     * request, it is below a folder with the pipeline's name. The path need not exist.
     *
     * @throws StageProblem POLICY_DENIED when it leads out of the folder
     */
    public Path write(RunRef run, String written) throws IOException {
        Path folder = Path.of(run.folder());
        if (run.pipeline().startsWith(INLINE)) {
            folder = inline.resolve(run.pipeline());
            Files.createDirectories(folder);
        }
        Path path = resolved(folder, written);
        Path root = folder.toRealPath();
        Path existing = path;
        while (existing != null && !Files.exists(existing)) {
            existing = existing.getParent();
        }
        boolean inside = path.startsWith(folder.toAbsolutePath().normalize())
                && existing != null
                && existing.toRealPath().startsWith(root);
        if (!inside || path.equals(folder.toAbsolutePath().normalize())) {
            throw denied(written, "writes outside of the pipeline file's folder; name a folder below it");
        }
        return path;
    }

    private static Path resolved(Path folder, String written) {
        try {
            return folder.toAbsolutePath().resolve(written).normalize();
        } catch (InvalidPathException e) {
            throw StageProblem.invalid("'%s': is not a path (%s)".formatted(written, e.getReason()));
        }
    }

    private static StageProblem denied(String written, String reason) {
        return new StageProblem(FailureType.POLICY_DENIED, "'%s': %s".formatted(written, reason));
    }
}
