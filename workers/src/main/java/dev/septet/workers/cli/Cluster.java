package dev.septet.workers.cli;

import dev.septet.activities.catalog.Catalog;
import dev.septet.activities.catalog.CatalogEntry;
import dev.septet.workers.local.CatalogueFile;
import dev.septet.workers.local.Connection;
import dev.septet.workers.local.LocalCluster;
import dev.septet.workers.local.LocalSettings;
import dev.septet.workers.local.Pollers;
import dev.septet.workers.server.ServerRef;
import dev.septet.workflows.TaskQueues;

import org.jspecify.annotations.Nullable;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * The server and workers that a run uses: those that were there, or its own for as long as it
 * takes.
 */
final class Cluster implements AutoCloseable {
    private final Session session;
    private final Connection connection;
    private final @Nullable LocalCluster own;
    private final List<Path> served;

    private Cluster(
            Session session, Connection connection, @Nullable LocalCluster own, List<Path> served) {
        this.session = session;
        this.connection = connection;
        this.own = own;
        this.served = served;
    }

    /**
     * Finds or starts them.
     *
     * @param folder the pipeline's folder, which own workers serve
     * @param detach whether they must live on after this command
     * @param port where a server that must be started listens
     */
    static Cluster join(Session session, Path folder, boolean detach, PortOption port)
            throws IOException {
        Optional<ServerRef> found = port.find(session);
        if (found.isPresent()) {
            ServerRef server = found.get();
            Connection connection = Reach.open(server);
            session.terminal().note("Using the Temporal server %s".formatted(server.address()));
            boolean polled =
                    Pollers.any(connection, TaskQueues.LIGHT)
                            && Pollers.any(connection, TaskQueues.TRAINING);
            boolean configured = server.kind() == ServerRef.Kind.CONFIGURED;
            if (polled || configured) {
                if (!polled) {
                    session.terminal()
                            .note(
                                    "No worker polls its task queues `%s` and `%s`: the run waits until one does. Start one with `septet worker`."
                                            .formatted(TaskQueues.LIGHT, TaskQueues.TRAINING));
                }
                return new Cluster(
                        session, connection, null, new CatalogueFile(session.state()).read());
            }
            connection.close();
        }
        if (detach) {
            throw new CliProblem(
                    ExitCode.SERVER_UNREACHABLE,
                    "--detach needs a server and workers that go on by themselves, and none run."
                            + " Start them with `septet dev` in another terminal.");
        }
        List<Path> served = List.of(folder);
        session.terminal()
                .note(
                        "Starting "
                                + (found.isPresent()
                                        ? "workers"
                                        : "a Temporal server and workers"));
        LocalCluster own =
                LocalCluster.start(
                        new LocalSettings(
                                session.state(),
                                served,
                                port.ports(),
                                1,
                                session.self(),
                                session.environment()),
                        found.orElse(null),
                        session.terminal()::note);
        return new Cluster(session, own.connection(), own, served);
    }

    Connection connection() {
        return connection;
    }

    /** Whether this command started the workers. */
    boolean own() {
        return own != null;
    }

    /** Whether the workers, asked for this name, are known to read this very file. */
    boolean serves(String pipeline, Path file) throws IOException {
        Optional<CatalogEntry> entry = new Catalog(served).find(pipeline);
        return entry.isPresent() && Files.isSameFile(entry.get().file(), file);
    }

    /** Runs that other commands started meanwhile on this command's workers are not left alone. */
    void awaitOthers(RunHandle mine) throws InterruptedException {
        if (own == null) {
            return;
        }
        boolean said = false;
        while (true) {
            List<String> others =
                    OpenRuns.ids(connection).stream()
                            .filter(id -> !id.equals(mine.workflowId()))
                            .toList();
            if (others.isEmpty()) {
                return;
            }
            if (!said) {
                said = true;
                session.terminal()
                        .note(
                                "Other runs use this command's workers (%s); waiting for them. Ctrl-C ends the workers, and `septet dev` goes on with those runs."
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
