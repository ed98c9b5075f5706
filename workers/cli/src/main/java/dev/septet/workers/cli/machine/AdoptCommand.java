package dev.septet.workers.cli.machine;

import dev.septet.activities.attempt.StageProblem;
import dev.septet.activities.deploy.AliasHistory;
import dev.septet.activities.deploy.Aliases;
import dev.septet.activities.host.HostFile;
import dev.septet.activities.host.Hosts;
import dev.septet.activities.serving.Routes;
import dev.septet.activities.store.ArtifactStore;
import dev.septet.activities.store.Stores;
import dev.septet.activities.store.bucket.S3Address;
import dev.septet.dsl.pipeline.SpecJson;
import dev.septet.workers.cli.option.CliProblem;
import dev.septet.workers.cli.option.ExitCode;
import dev.septet.workers.cli.option.ServerConnector;
import dev.septet.workers.cli.option.Session;
import dev.septet.workers.cli.option.Terminal;
import dev.septet.workers.local.Connection;
import dev.septet.workers.local.Pollers;
import dev.septet.workflows.host.Host;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** The command {@code septet adopt}. */
@Command(
        name = "adopt",
        mixinStandardHelpOptions = true,
        sortOptions = false,
        description = {
            "Make this machine the host of a pipeline's files when several machines share a store.",
            "",
            "Publications, canaries, monitor checks and reviewed rows of the pipeline then belong"
                    + " here. Files of the previous host are not copied."
        })
public final class AdoptCommand implements Callable<Integer> {
    private final Session session;

    @Parameters(paramLabel = "PIPELINE", description = "The pipeline's name")
    private String pipeline = "";

    @Option(names = "--force", description = "Move the pipeline even while workers of its present host run")
    private boolean force;

    @Option(names = "--json", description = "Print the host as JSON")
    private boolean json;

    public AdoptCommand(Session session) {
        this.session = session;
    }

    @Override
    public Integer call() throws IOException {
        if (!Stores.shared(session.environment())) {
            throw new CliProblem(
                    ExitCode.USAGE,
                    "this machine does not share its store, so its pipelines cannot move to it from"
                            + " another machine: `septet adopt` needs a shared store"
                            + " (SEPTET_STORE=s3://BUCKET/PREFIX)");
        }
        ArtifactStore store = session.store();
        try {
            Hosts hosts = new Hosts(store);
            AliasHistory published = new Aliases(store, session.environment()).history(pipeline);
            Host before = hosts.of(pipeline).orElse(null);
            if (before == null
                    && published.moves().isEmpty()
                    && new Routes(store).route(pipeline).isEmpty()) {
                throw new CliProblem(
                        ExitCode.NOT_FOUND,
                        "pipeline '%s' has published nothing in this store, and has no host".formatted(pipeline));
            }
            Host thisHost = HostFile.of(session.state().path());
            boolean moves = before == null || !before.id().equals(thisHost.id());
            if (moves) {
                requireGone(before);
                if (!hosts.move(pipeline, thisHost)) {
                    throw new CliProblem(
                            ExitCode.RUN_FAILED,
                            "another command moved '%s' at the same time; see `septet doctor`".formatted(pipeline));
                }
            }
            print(thisHost, before, moves, published);
            return ExitCode.OK;
        } catch (StageProblem problem) {
            throw new CliProblem(ExitCode.RUN_FAILED, String.valueOf(problem.getMessage()));
        }
    }

    /**
     * Requires that the previous host has no running workers: two machines that write a pipeline's
     * files would overwrite each other's work.
     */
    private void requireGone(@Nullable Host before) throws IOException {
        if (before == null || force) {
            return;
        }
        try (Connection connection = ServerConnector.any(session)) {
            if (Pollers.now(connection, before.queue())) {
                throw new CliProblem(
                        ExitCode.RUN_FAILED,
                        "workers of host %s are running: stop Septet on that machine, and run this command again two minutes later; --force moves the pipeline without waiting"
                                .formatted(before.name()));
            }
        }
    }

    private void print(Host thisHost, @Nullable Host before, boolean moved, AliasHistory published) throws IOException {
        Terminal terminal = session.terminal();
        if (json) {
            terminal.print(SpecJson.mapper().writeValueAsString(thisHost));
            return;
        }
        if (!moved) {
            terminal.print("%s: its files are on this machine already".formatted(pipeline));
            return;
        }
        terminal.print("%s: its files are on this machine from now on%s"
                .formatted(pipeline, before == null ? "" : ", before on " + before.name()));
        List<String> missing = missing(published);
        if (!missing.isEmpty()) {
            terminal.note(
                    "Not on this machine: %s. Copy what you need from the previous machine; the next publication writes published folders again."
                            .formatted(String.join(", ", missing)));
        }
        terminal.note("Work that waits for the previous host moves here within half an hour.");
    }

    private List<String> missing(AliasHistory published) {
        List<Path> needed = new ArrayList<>();
        needed.add(session.state().audit().resolve(pipeline));
        needed.add(session.state().reviewed().resolve(pipeline));
        published.targets().stream()
                .map(AliasHistory.Target::folder)
                .filter(folder -> !S3Address.names(folder))
                .map(Path::of)
                .forEach(needed::add);
        return needed.stream()
                .filter(path -> !Files.exists(path))
                .map(Path::toString)
                .toList();
    }
}
