package dev.septet.workers.cli.serve;

import dev.septet.activities.attempt.StageProblem;
import dev.septet.activities.basemodel.GgufModels;
import dev.septet.activities.endpoint.ModelEndpoints;
import dev.septet.activities.host.LocalPipelines;
import dev.septet.activities.serving.Endpoint;
import dev.septet.activities.serving.Endpoints;
import dev.septet.activities.serving.Routes;
import dev.septet.activities.store.ArtifactStore;
import dev.septet.llm.format.FolderDigest;
import dev.septet.llm.format.FormatProblem;
import dev.septet.llm.probe.ModelCheck;
import dev.septet.workers.cli.option.CliProblem;
import dev.septet.workers.cli.option.ExitCode;
import dev.septet.workers.cli.option.Session;
import dev.septet.workers.serve.audit.AuditBook;
import dev.septet.workers.serve.backend.AdaptedBackend;
import dev.septet.workers.serve.backend.EngineBackend;
import dev.septet.workers.serve.backend.GgufBackends;
import dev.septet.workers.serve.backend.ModelBackend;
import dev.septet.workers.serve.model.HostedBackend;
import dev.septet.workers.serve.model.Models;
import dev.septet.workers.serve.model.RouteReloader;
import dev.septet.workers.serve.model.StoreOpener;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * Opens the models that a command line names: model folders and GGUF files, which never change, and
 * pipelines, whose publications are followed.
 *
 * @param audit audit logs of the pipelines
 * @param await whether a named pipeline may have published nothing yet
 * @param problems receives why a pipeline is not served yet
 */
record ServedModels(Session session, Models models, AuditBook audit, boolean await, Consumer<String> problems) {
    private static final String CONFIG = "config.json";
    private static final String GGUF = ".gguf";
    private static final int VERSION_DIGITS = 12;

    /**
     * Opens all models.
     *
     * @param named names of the models; none for every pipeline that has published or will publish
     *     a model
     * @return a watch that follows the pipelines
     * @throws CliProblem NOT_FOUND when a name is unknown
     */
    RouteReloader open(List<String> named) throws IOException {
        ArtifactStore store = session.store();
        Routes routes = new Routes(store);
        List<String> pipelines = new ArrayList<>();
        List<FormatProblem> refused = new ArrayList<>();
        for (String word : named) {
            int equals = word.indexOf('=');
            Path path = Path.of(word.substring(equals + 1)).toAbsolutePath().normalize();
            if (Files.isRegularFile(path.resolve(CONFIG))) {
                add(equals > 0 ? word.substring(0, equals) : name(path), path, refused);
            } else if (Files.isRegularFile(path)) {
                addFile(equals > 0 ? word.substring(0, equals) : name(path), path, refused);
            } else if (await || routes.pipelines().contains(word)) {
                requireHere(word);
                pipelines.add(word);
            } else {
                throw unknown(word, routes.pipelines());
            }
        }
        if (!refused.isEmpty() && models.names().isEmpty() && pipelines.isEmpty()) {
            throw refused.get(0);
        }
        refused.forEach(problem -> session.terminal().note("not served: " + problem.getMessage()));
        return follow(store, routes, named.isEmpty() ? () -> local(routes.pipelines()) : () -> pipelines);
    }

    /** A watch that follows no pipeline. */
    RouteReloader none() {
        ArtifactStore store = session.store();
        return follow(store, new Routes(store), List::of);
    }

    /** A watch that follows the pipelines whose {@code http} target is this address. */
    RouteReloader targets(String host, int port) {
        ArtifactStore store = session.store();
        Endpoint address = new Endpoint(host, port, null);
        return follow(
                store,
                new Routes(store),
                () -> local(new Endpoints(store)
                        .all().entrySet().stream()
                                .filter(target -> address.sameAddress(target.getValue()))
                                .map(Map.Entry::getKey)
                                .toList()));
    }

    /**
     * The pipelines of this machine. Those of another machine are served there, because their audit
     * logs are files of that machine.
     */
    private List<String> local(List<String> pipelines) throws IOException {
        LocalPipelines localPipelines = session.localPipelines();
        List<String> local = new ArrayList<>();
        for (String pipeline : pipelines) {
            if (localPipelines.has(pipeline)) {
                local.add(pipeline);
            }
        }
        return local;
    }

    private void requireHere(String pipeline) throws IOException {
        try {
            session.localPipelines().require(pipeline);
        } catch (StageProblem elsewhere) {
            throw new CliProblem(ExitCode.RUN_FAILED, String.valueOf(elsewhere.getMessage()));
        }
    }

    private RouteReloader follow(ArtifactStore store, Routes routes, RouteReloader.PipelineNames pipelineNames) {
        RouteReloader reloader = new RouteReloader(
                routes, new StoreOpener(store, ModelEndpoints.of(session.environment())), models, audit, pipelineNames);
        reloader.reload();
        reloader.problems().forEach((pipeline, problem) -> report(pipeline, problem));
        return reloader;
    }

    private void report(String pipeline, String problem) {
        String line = "pipeline '%s' cannot be served: %s".formatted(pipeline, problem);
        if (!await) {
            throw new CliProblem(ExitCode.RUN_FAILED, line);
        }
        problems.accept(line);
    }

    private void add(String name, Path folder, List<FormatProblem> refused) {
        requireNew(name, folder);
        try {
            models.add(name, new HostedBackend(version(folder), EngineBackend.open(folder)));
        } catch (FormatProblem problem) {
            refused.add(problem); // the other pipelines are still served
        }
    }

    /**
     * Opens one base model and adapters over it.
     *
     * @param adapters folders in PEFT's layout, by the model names of requests
     */
    void openAdapted(String base, Map<String, Path> adapters) throws InterruptedException {
        int equals = base.indexOf('=');
        Path folder = Path.of(base.substring(equals + 1)).toAbsolutePath().normalize();
        if (!Files.isRegularFile(folder.resolve(CONFIG))) {
            throw new CliProblem(
                    ExitCode.NOT_FOUND, "--adapter needs a base model folder, and '%s' is not one".formatted(base));
        }
        EngineBackend engine = EngineBackend.open(folder, name -> Optional.ofNullable(adapters.get(name)));
        String name = equals > 0 ? base.substring(0, equals) : name(folder);
        models.add(name, new HostedBackend(version(folder), engine));
        for (Map.Entry<String, Path> adapter : adapters.entrySet()) {
            requireNew(adapter.getKey(), adapter.getValue());
            ModelCheck.adapter(adapter.getValue());
            engine.requireAnswers(adapter.getKey());
            models.add(
                    adapter.getKey(),
                    new HostedBackend(version(adapter.getValue()), new AdaptedBackend(engine, adapter.getKey())));
        }
    }

    private static String version(Path folder) {
        return FolderDigest.of(folder).substring(0, VERSION_DIGITS);
    }

    private void addFile(String name, Path gguf, List<FormatProblem> refused) throws IOException {
        requireNew(name, gguf);
        GgufModels converted = GgufModels.of(session.environment(), Path.of(System.getProperty("user.home")));
        try {
            ModelBackend backend = GgufBackends.open(gguf, converted);
            String version = FolderDigest.ofFile(gguf).substring(0, VERSION_DIGITS);
            models.add(name, new HostedBackend(version, backend));
        } catch (FormatProblem problem) {
            refused.add(problem);
        }
    }

    private void requireNew(String name, Path path) {
        if (models.names().contains(name)) {
            throw new CliProblem(
                    ExitCode.USAGE, "two models are named '%s'; give one another name: NAME=%s".formatted(name, path));
        }
    }

    private static String name(Path path) {
        Path last = path.getFileName();
        String name = last == null ? "model" : last.toString();
        return name.endsWith(GGUF) ? name.substring(0, name.length() - GGUF.length()) : name;
    }

    private static CliProblem unknown(String word, List<String> pipelines) {
        return new CliProblem(
                ExitCode.NOT_FOUND,
                "'%s' is not a model folder, a GGUF file, or a pipeline that has published a model; pipelines with a published model: %s"
                        .formatted(word, pipelines.isEmpty() ? "none" : String.join(", ", pipelines)));
    }
}
