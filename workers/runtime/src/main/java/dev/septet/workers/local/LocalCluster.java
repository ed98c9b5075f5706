package dev.septet.workers.local;

import dev.septet.activities.authority.RunKey;
import dev.septet.activities.host.LocalPipelines;
import dev.septet.activities.serving.Endpoints;
import dev.septet.activities.store.ArtifactStore;
import dev.septet.activities.store.FileModes;
import dev.septet.workers.LostActivities;
import dev.septet.workers.Role;
import dev.septet.workers.StateFolder;
import dev.septet.workers.gateway.ServerGateway;
import dev.septet.workers.observe.ProcessListener;
import dev.septet.workers.server.HistoryRetention;
import dev.septet.workers.server.ServerFile;
import dev.septet.workers.server.ServerPlan;
import dev.septet.workers.server.ServerProbe;
import dev.septet.workers.server.ServerProblem;
import dev.septet.workers.server.ServerRef;
import dev.septet.workers.supervise.Backoff;
import dev.septet.workers.supervise.ProcessSpec;
import dev.septet.workers.supervise.Supervisor;
import dev.septet.workers.supervise.SupervisorEvents;
import dev.septet.workflows.TaskQueues;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Workers on this machine, and a server if none is running. Each is a process of its own that is
 * restarted when it dies. Closing ends them in order: training commits its checkpoint, and the
 * server ends last.
 */
public final class LocalCluster implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(LocalCluster.class);
    private static final Duration SERVER_START = Duration.ofSeconds(30);
    private static final Duration SERVER_ANSWER = Duration.ofMillis(500);
    private static final Duration TARGET_LOOK = Duration.ofSeconds(2);
    private static final int SERVER_GRACE_SECONDS = 10;
    private static final int SERVER_ATTEMPTS = 3;

    /**
     * A server whose port is taken ends at once; a server that runs longer than this has its port.
     */
    private static final Duration SERVER_ALONE = Duration.ofMillis(700);

    private final LocalSettings settings;
    private final Consumer<String> notes;
    private final StateLock lock;
    private final Supervisor supervisor;
    private volatile @Nullable Connection connection;
    private volatile @Nullable ServerGateway gateway;
    private volatile boolean starting;
    private volatile boolean lostServer;
    private @Nullable ScheduledExecutorService looking;
    private @Nullable ProcessListener listener;

    private LocalCluster(LocalSettings settings, Consumer<String> notes, StateLock lock) {
        this.settings = settings;
        this.notes = notes;
        this.lock = lock;
        this.supervisor = new Supervisor(settings.state().processes(), Backoff.DEFAULT, new Deaths());
    }

    /**
     * Starts the workers, and a server if necessary.
     *
     * @param existing the server to use; null = start one
     * @param notes receives a line for everything that the user should know, now and later
     * @throws ServerProblem when no server could be started
     */
    public static LocalCluster start(LocalSettings settings, @Nullable ServerRef existing, Consumer<String> notes)
            throws IOException {
        LocalCluster cluster = new LocalCluster(settings, notes, StateLock.take(settings.state()));
        try {
            // The key exists before the server starts, so that no stage ever runs without a ticket.
            RunKey.of(settings.environment(), settings.state().path(), System.currentTimeMillis());
            FileModes.OWNER.folder(settings.state().logs());
            ServerRef server = existing == null ? cluster.startServer() : existing;
            if (existing != null) {
                cluster.connection = Connection.open(server);
            }
            for (Role role : new Role[] {Role.LIGHT, Role.TRAINING}) {
                for (ProcessSpec worker : WorkerProcessSpecs.of(settings, server, role, TaskQueues.TRAINING)) {
                    cluster.supervisor.keep(worker);
                }
            }
            new CatalogueFile(settings.state()).write(settings.catalogue(), settings.data());
            return cluster;
        } catch (IOException | RuntimeException e) {
            cluster.close();
            throw e;
        }
    }

    /**
     * From now on keeps model servers running for the {@code http} targets of all pipelines in a
     * store.
     */
    public synchronized void serveTargets(ArtifactStore store) {
        TargetServers servers = new TargetServers(
                settings,
                new Endpoints(store),
                LocalPipelines.of(store, settings.state().path(), settings.environment()),
                supervisor,
                notes);
        ScheduledExecutorService often = Executors.newSingleThreadScheduledExecutor(work -> {
            Thread thread = new Thread(work, "http-targets");
            thread.setDaemon(true);
            return thread;
        });
        looking = often;
        var unused = often.scheduleWithFixedDelay(servers::look, 0, TARGET_LOOK.toMillis(), TimeUnit.MILLISECONDS);
    }

    /**
     * Shows the metrics, health and readiness of all processes, if the environment requests it.
     *
     * @param process name of this process
     * @return where it listens; empty when metrics are off
     * @throws dev.septet.workers.observe.ListenProblem when it cannot listen there
     */
    public synchronized Optional<String> listen(String process) throws IOException {
        Optional<ProcessListener> started = SupervisorListener.start(
                settings, supervisor, process, connection().stubs());
        listener = started.orElse(null);
        return started.map(ProcessListener::target);
    }

    private synchronized void stopListening() {
        if (listener != null) {
            listener.close();
        }
    }

    private synchronized void stopLooking() {
        ScheduledExecutorService often = looking;
        if (often == null) {
            return;
        }
        often.shutdown();
        try {
            if (!often.awaitTermination(SERVER_START.toMillis(), TimeUnit.MILLISECONDS)) {
                LOG.warn("not waiting for a server of an http target, which is still being started");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** The connection to the cluster's server. */
    public Connection connection() {
        return Objects.requireNonNull(connection, "the cluster has started");
    }

    @Override
    public void close() {
        stopLooking();
        stopListening();
        supervisor.close();
        Connection open = connection;
        if (open != null) {
            open.close();
        }
        ServerGateway before = gateway;
        if (before != null) {
            before.close();
        }
        try {
            new ServerFile(settings.state().server()).delete();
            new CatalogueFile(settings.state()).delete();
            lock.close();
        } catch (IOException left) {
            // A stale file does no harm: its reader checks whether the server answers.
            LOG.warn(
                    "cannot remove the files of the server in {}",
                    settings.state().path(),
                    left);
        }
    }

    private ServerRef startServer() throws IOException {
        Optional<Path> binary = LocalServer.binary(settings.environment(), notes);
        Path log = settings.state().logs().resolve(LocalServer.NAME + ".out");
        for (int attempt = 1; attempt <= SERVER_ATTEMPTS; attempt++) {
            // The plan is made again for each attempt, because a port that was free may be taken
            // now.
            ServerGateway before = binary.isPresent() ? gateway(binary.get()) : null;
            ServerPlan plan = before == null
                    ? LocalServer.inMemory(settings.state(), settings.self(), settings.ports())
                    : before.plan();
            Connection open = Connection.open(plan.server());
            starting = true;
            lostServer = false;
            supervisor.keep(new ProcessSpec(LocalServer.NAME, plan.command(), Map.of(), log, SERVER_GRACE_SECONDS));
            if (answers(open)) {
                starting = false;
                connection = open;
                gateway = before;
                if (before != null) {
                    HistoryRetention.extend(open.stubs(), plan.server().namespace());
                }
                new ServerFile(settings.state().server()).write(plan.server());
                return plan.server();
            }
            open.close();
            supervisor.drop(LocalServer.NAME);
            if (before != null) {
                before.close();
            }
        }
        throw new ServerProblem("the Temporal server does not start. Its output is in " + log);
    }

    private ServerGateway gateway(Path binary) throws IOException {
        StateFolder state = settings.state();
        return ServerGateway.start(
                binary,
                state.database(),
                settings.ports(),
                state.path(),
                state.profile(),
                settings.self().jvm(state.logs().resolve("server-bridge.log")));
    }

    /** The gateway of the server that this cluster started; empty if it started none. */
    public Optional<ServerGateway> gateway() {
        return Optional.ofNullable(gateway);
    }

    /** Whether the process that was just started answers, and not another one on the same port. */
    private boolean answers(Connection open) {
        long until = System.nanoTime() + SERVER_START.toNanos();
        long alone = System.nanoTime() + SERVER_ALONE.toNanos();
        while (!lostServer && System.nanoTime() < until) {
            if (ServerProbe.answers(open.stubs(), SERVER_ANSWER) && System.nanoTime() > alone) {
                return !lostServer;
            }
        }
        return false;
    }

    /** Handles the death of one of the processes. */
    private final class Deaths implements SupervisorEvents {
        @Override
        public void died(String name, int status) {
            if (starting) {
                lostServer = true;
                return;
            }
            notes.accept(
                    String.format(Locale.ROOT, "the %s process died (status %d); starting it again", name, status));
            Connection open = connection;
            if (open != null && !name.equals(LocalServer.NAME)) {
                LostActivities.report(open.client(), settings.state(), name, status);
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
