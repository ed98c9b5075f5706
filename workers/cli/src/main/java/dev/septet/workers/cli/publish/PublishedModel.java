package dev.septet.workers.cli.publish;

import dev.septet.activities.deploy.AliasHistory;
import dev.septet.activities.deploy.Aliases;
import dev.septet.activities.deploy.VersionFolder;
import dev.septet.activities.endpoint.EndpointModel;
import dev.septet.activities.serving.Route;
import dev.septet.activities.serving.Routes;
import dev.septet.workers.cli.option.CliProblem;
import dev.septet.workers.cli.option.ExitCode;
import dev.septet.workers.cli.option.Session;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Finds the model for a chat or a verification. */
public final class PublishedModel {
    private static final String CONFIG = "config.json";

    private PublishedModel() {}

    /**
     * The model folder for a name. A folder with a model takes precedence over a pipeline.
     *
     * @param named a folder, a published folder, or a pipeline; null = the one published pipeline
     * @throws CliProblem NOT_FOUND naming the available models
     */
    public static Path find(Session session, @Nullable String named) throws IOException {
        boolean folder = named != null && Files.isDirectory(Path.of(named));
        if (named != null && folder) {
            Optional<Path> model = inside(Path.of(named));
            if (model.isPresent()) {
                return model.get();
            }
            // Not a model folder: a pipeline often has the name of its file's folder.
        }
        List<String> pipelines = List.of();
        if (session.hasStore()) {
            Aliases aliases = new Aliases(session.store(), session.environment());
            pipelines = aliases.pipelines();
            String pipeline = named == null && pipelines.size() == 1 ? pipelines.get(0) : named;
            if (pipeline != null && pipelines.contains(pipeline)) {
                for (AliasHistory.Target target : aliases.history(pipeline).targets()) {
                    Optional<Path> model = inside(Path.of(target.folder()));
                    if (model.isPresent()) {
                        return model.get();
                    }
                }
                Optional<Route> route = new Routes(session.store()).route(pipeline);
                if (route.isPresent()) { // published only to targets that are not folders
                    Path export = session.store().fetch(route.get().champion().artifact());
                    Optional<EndpointModel> hosted = EndpointModel.read(export);
                    if (hosted.isPresent()) {
                        throw new CliProblem(
                                ExitCode.NOT_FOUND,
                                "the model of the pipeline '%s' has no files: the endpoint '%s' holds it. `septet serve %s` answers with it, also on a chat page"
                                        .formatted(pipeline, hosted.get().endpoint(), pipeline));
                    }
                    return export.resolve("model");
                }
            }
        }
        throw new CliProblem(
                ExitCode.NOT_FOUND,
                (named == null
                                ? "name a model folder or a pipeline; "
                                : (folder
                                                ? "%s holds no model: there is no config.json in" + " it; "
                                                : "'%s' is not a folder, and not a pipeline with a" + " model; ")
                                        .formatted(named))
                        + (pipelines.isEmpty()
                                ? "no pipeline has published one yet. `septet run FILE` does."
                                : "published are: " + String.join(", ", pipelines)));
    }

    /** The folder itself, or the model folder in a published folder. */
    private static Optional<Path> inside(Path folder) {
        Path current = folder.resolve(VersionFolder.CURRENT);
        return List.of(folder, folder.resolve("model"), current, current.resolve("model")).stream()
                .filter(candidate -> Files.isRegularFile(candidate.resolve(CONFIG)))
                .findFirst();
    }
}
