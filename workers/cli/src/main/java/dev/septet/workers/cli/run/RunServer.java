package dev.septet.workers.cli.run;

import dev.septet.activities.catalog.Catalog;
import dev.septet.activities.catalog.CatalogEntry;
import dev.septet.dsl.problem.Problem;
import dev.septet.dsl.problem.ProblemPrinter;
import dev.septet.settings.Setting;
import dev.septet.workers.cli.option.CliProblem;
import dev.septet.workers.cli.option.ExitCode;
import dev.septet.workers.cli.option.PipelineArgument;
import dev.septet.workers.cli.option.PortOption;
import dev.septet.workers.cli.option.ServerConnector;
import dev.septet.workers.cli.option.Session;
import dev.septet.workers.doctor.GpuChecks;
import dev.septet.workers.local.CatalogueFile;
import dev.septet.workers.local.Connection;
import dev.septet.workers.local.LocalCluster;
import dev.septet.workers.local.LocalSettings;
import dev.septet.workers.local.Pollers;
import dev.septet.workers.server.ServerRef;
import dev.septet.workflows.TaskQueues;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The server and workers that a run uses: existing ones, or new ones for the duration of the run.
 */
final class RunServer implements AutoCloseable {
    private final Session session;
    private final Connection connection;
    private final @Nullable LocalCluster own;
    private final List<Path> served;
    private final @Nullable List<Path> readable;
    private final boolean ownServer;

    private RunServer(
            Session session,
            Connection connection,
            @Nullable LocalCluster own,
            List<Path> served,
            @Nullable List<Path> readable,
            boolean ownServer) {
        this.session = session;
        this.connection = connection;
        this.own = own;
        this.served = served;
        this.readable = readable;
        this.ownServer = ownServer;
    }

    /**
     * Finds or starts the server and workers.
     *
     * @param folder the pipeline's folder, which new workers serve
     * @param file the pipeline file, whose paths are checked before anything starts; null = not
     *     known yet
     * @param data further folders that new workers let the pipeline read
     * @param detach whether they must continue to run after this command
     * @param port port of a server that must be started
     */
    static RunServer join(
            Session session,
            Path folder,
            @Nullable PipelineArgument file,
            List<Path> data,
            boolean detach,
            PortOption port)
            throws IOException {
        Optional<ServerRef> found = port.find(session);
        if (found.isPresent()) {
            ServerRef server = found.get();
            Connection connection = ServerConnector.open(server);
            session.terminal().note("Using the Temporal server %s".formatted(server.address()));
            boolean polled = Pollers.any(connection, TaskQueues.LIGHT) && Pollers.any(connection, TaskQueues.TRAINING);
            boolean configured = server.kind() == ServerRef.Kind.CONFIGURED;
            if (polled || configured) {
                if (!polled) {
                    session.terminal()
                            .note(
                                    "No worker polls its task queues `%s` and `%s`: the run waits until one does. Start one with `septet worker`."
                                            .formatted(TaskQueues.LIGHT, TaskQueues.TRAINING));
                }
                CatalogueFile known = new CatalogueFile(session.state());
                RunServer joined = new RunServer(
                        session, connection, null, known.read(), known.read().isEmpty() ? null : known.data(), false);
                if (file != null) {
                    joined.requireReadable(file);
                }
                return joined;
            }
            connection.close();
        }
        if (detach) {
            throw new CliProblem(
                    ExitCode.SERVER_UNREACHABLE,
                    "--detach needs a server and workers that keep running after this command, and"
                            + " none run. Start them with `septet dev` in another terminal.");
        }
        session.checkSettings();
        session.checkWords();
        List<Path> served = List.of(folder);
        if (file != null) {
            requireReadable(file, served, data, true);
        }
        session.store(); // reports settings with which the workers would not start
        session.terminal().note("Starting " + (found.isPresent() ? "workers" : "a Temporal server and workers"));
        GpuChecks.withoutLibtorch(session.state(), session.environment())
                .warnings()
                .forEach(session.terminal()::note);
        LocalCluster own = LocalCluster.start(
                new LocalSettings(
                        session.state(),
                        served,
                        data,
                        port.ports(),
                        1,
                        session.self(),
                        session.environment(),
                        List.of()),
                found.orElse(null),
                session.terminal()::note);
        return new RunServer(session, own.connection(), own, served, data, found.isEmpty());
    }

    Connection connection() {
        return connection;
    }

    /** Further folders that the workers let a pipeline read; empty when they are unknown. */
    List<Path> readable() {
        return readable == null ? List.of() : readable;
    }

    /** Whether this command started the workers. */
    boolean ownsWorkers() {
        return own != null;
    }

    /** Whether the workers read this file when a run names this pipeline. */
    boolean serves(String pipeline, Path file) throws IOException {
        Optional<CatalogEntry> entry = new Catalog(served).find(pipeline);
        return entry.isPresent() && Files.isSameFile(entry.get().file(), file);
    }

    /**
     * Requires that all paths outside the pipeline's folder are in folders that the workers allow.
     * The client that starts the run cannot extend these folders.
     *
     * @throws CliProblem PIPELINE_INVALID when a path is not and the workers run on this machine
     */
    void requireReadable(PipelineArgument file) {
        if (readable == null) {
            List<Problem> outside = file.outside(served);
            if (!outside.isEmpty()) {
                session.terminal().note(ProblemPrinter.text(outside).stripTrailing());
            }
        } else {
            requireReadable(file, served, readable, own != null);
        }
    }

    private static void requireReadable(PipelineArgument file, List<Path> served, List<Path> readable, boolean own) {
        List<Path> roots = new ArrayList<>(served);
        roots.addAll(readable);
        file.requireReadable(
                roots,
                own
                        ? "it may read: name them with --data DIR or " + Setting.DATA.variable()
                        : "the running workers may read, and only they decide that: start them"
                                + " with `septet dev --data DIR`");
    }

    /** Whether this command started the server, which then ends with the command. */
    boolean ownServer() {
        return ownServer;
    }

    /** A run's page in the Web UI, if the server outlives this command; else null. */
    @Nullable
    String page(RunHandle run) {
        return ownServer ? null : connection.server().page(run.workflowId(), run.runId());
    }

    /**
     * Prints the run's page in the Web UI of this command's own server, which ends with the
     * command.
     */
    void notePage(RunHandle run) {
        LocalCluster started = own;
        String page = connection.server().page(run.workflowId(), run.runId());
        if (started == null || !ownServer || page == null) {
            return;
        }
        session.terminal().note("Web UI while this command runs: " + page);
        started.gateway()
                .ifPresent(gateway -> session.terminal().note("  a browser signs in once by " + gateway.signIn()));
    }

    /** Waits for runs that other commands started meanwhile on this command's workers. */
    void awaitOthers(RunHandle run) throws InterruptedException {
        if (own == null) {
            return;
        }
        boolean noted = false;
        while (true) {
            List<String> others = OpenRuns.ids(connection).stream()
                    .filter(id -> !id.equals(run.workflowId()))
                    .toList();
            if (others.isEmpty()) {
                return;
            }
            if (!noted) {
                noted = true;
                session.terminal()
                        .note(
                                "Other runs use this command's workers (%s); waiting for them. Ctrl-C ends the workers; `septet dev` continues those runs."
                                        .formatted(String.join(", ", others)));
            }
            Thread.sleep(1000);
        }
    }

    @Override
    public void close() {
        if (own != null) {
            own.close();
        } else {
            connection.close();
        }
    }
}
