package dev.septet.workers.local;

import dev.septet.activities.store.FileModes;
import dev.septet.workers.LostActivities;
import dev.septet.workers.Role;
import dev.septet.workers.observe.ProcessListener;
import dev.septet.workers.server.ServerFinder;
import dev.septet.workers.server.ServerProblem;
import dev.septet.workers.server.ServerRef;
import dev.septet.workers.supervise.Backoff;
import dev.septet.workers.supervise.ProcessSpec;
import dev.septet.workers.supervise.Supervisor;
import dev.septet.workers.supervise.SupervisorEvents;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The processes of {@code septet worker --devices}: a training worker for each card. Each is
 * restarted when it dies. Closing ends them, and training commits its checkpoint.
 */
public final class CardWorkers implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(CardWorkers.class);

    private final LocalSettings settings;
    private final ServerFinder servers;
    private final Consumer<String> notes;
    private final Supervisor supervisor;
    private @Nullable ProcessListener listener;

    private CardWorkers(LocalSettings settings, ServerFinder servers, Consumer<String> notes) {
        this.settings = settings;
        this.servers = servers;
        this.notes = notes;
        this.supervisor = new Supervisor(settings.state().processes(), Backoff.DEFAULT, new Deaths());
    }

    /**
     * Starts the workers.
     *
     * @param roles their roles, light before training
     * @param queue task queue of the training activities
     * @param servers finds the server to which the activities of a dead worker are reported
     * @param notes receives a line for everything that the user should know, now and later
     */
    public static CardWorkers start(
            LocalSettings settings, List<Role> roles, String queue, ServerFinder servers, Consumer<String> notes)
            throws IOException {
        CardWorkers workers = new CardWorkers(settings, servers, notes);
        try {
            FileModes.OWNER.folder(settings.state().logs());
            for (Role role : roles) {
                for (ProcessSpec worker : WorkerProcessSpecs.of(settings, null, role, queue)) {
                    workers.supervisor.keep(worker);
                    notes.accept("%s writes its log to %s"
                            .formatted(worker.name(), settings.state().logs().resolve(worker.name() + ".log")));
                }
            }
            workers.listener = SupervisorListener.start(settings, workers.supervisor, "cards", null)
                    .orElse(null);
            return workers;
        } catch (IOException | RuntimeException e) {
            workers.close();
            throw e;
        }
    }

    @Override
    public void close() {
        if (listener != null) {
            listener.close();
        }
        supervisor.close();
    }

    private final class Deaths implements SupervisorEvents {
        @Override
        public void died(String name, int status) {
            notes.accept(
                    String.format(Locale.ROOT, "the %s process died (status %d); starting it again", name, status));
            try {
                Optional<ServerRef> server = servers.find();
                if (server.isPresent()) {
                    try (Connection connection = Connection.open(server.get())) {
                        LostActivities.report(connection.client(), settings.state(), name, status);
                    }
                }
            } catch (IOException | ServerProblem away) {
                LOG.warn("cannot report what {} was running; its heartbeats will time out", name, away);
            }
        }

        @Override
        public void keepsDying(String name, Path log) {
            notes.accept(String.format(
                    Locale.ROOT,
                    "the %s process dies as soon as it starts; it is started again every %d s. Its output is in %s",
                    name,
                    Backoff.DEFAULT.most().toSeconds(),
                    log));
        }
    }
}
