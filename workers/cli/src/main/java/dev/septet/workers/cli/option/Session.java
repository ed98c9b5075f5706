package dev.septet.workers.cli.option;

import dev.septet.activities.audit.AuditLogs;
import dev.septet.activities.encryption.AtRestEncryption;
import dev.septet.activities.encryption.KeyProblem;
import dev.septet.activities.host.LocalPipelines;
import dev.septet.activities.review.ReviewedRows;
import dev.septet.activities.source.RemoteSources;
import dev.septet.activities.store.ArtifactStore;
import dev.septet.activities.store.LocalStore;
import dev.septet.activities.store.Stores;
import dev.septet.activities.train.command.OutsideTrainers;
import dev.septet.dsl.vocabulary.WordReference;
import dev.septet.settings.Setting;
import dev.septet.workers.StateFolder;
import dev.septet.workers.cli.Septet;
import dev.septet.workers.local.SelfCommand;
import dev.septet.workers.server.ServerFile;
import dev.septet.workers.server.ServerFinder;
import dev.septet.workers.trace.TraceExport;
import dev.septet.workers.trace.TraceProblem;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The environment of a command: terminal, variables, folders and server port. */
public final class Session {
    private final Terminal terminal;
    private final Map<String, String> environment;
    private final Path home;
    private final int port;
    private final Clock clock;
    private @Nullable ArtifactStore store;

    /**
     * A session.
     *
     * @param home the checkout or installation that this program runs from
     * @param port port on which a Temporal server of this machine would listen
     */
    public Session(Terminal terminal, Map<String, String> environment, Path home, int port) {
        this(terminal, environment, home, port, Clock.systemUTC());
    }

    /** The same with another clock than this machine's. */
    public Session(Terminal terminal, Map<String, String> environment, Path home, int port, Clock clock) {
        this.clock = clock;
        this.terminal = terminal;
        this.environment = environment;
        this.home = home;
        this.port = port;
    }

    /** The session of this process. */
    public static Session system() {
        Map<String, String> environment = System.getenv();
        return new Session(
                Terminal.system(environment),
                environment,
                Path.of(System.getProperty("septet.home", "")).toAbsolutePath().normalize(),
                ServerFinder.PORT);
    }

    public Terminal terminal() {
        return terminal;
    }

    /** The clock that commands compare times with. */
    public Clock clock() {
        return clock;
    }

    /** The variables. */
    public Map<String, String> environment() {
        return environment;
    }

    /** The checkout or installation that this program runs from. */
    public Path home() {
        return home;
    }

    public StateFolder state() {
        return StateFolder.of(environment, home);
    }

    /**
     * Refuses invalid values of environment variables before anything starts.
     *
     * @throws CliProblem USAGE naming each variable, its value and the expected form
     */
    public void checkSettings() {
        try {
            Setting.check(environment);
        } catch (IllegalArgumentException invalid) {
            throw new CliProblem(ExitCode.USAGE, String.valueOf(invalid.getMessage()));
        }
    }

    /**
     * Begins to record traces, if the environment names a receiver.
     *
     * @param service service name of this process in traces, where the environment has none
     * @throws CliProblem USAGE when a variable of OpenTelemetry is invalid
     */
    public void startTraces(String service) {
        try {
            String version = Septet.class.getPackage().getImplementationVersion();
            TraceExport.start(environment, service, version == null ? "source" : version);
        } catch (TraceProblem | IllegalArgumentException invalid) {
            throw new CliProblem(ExitCode.USAGE, String.valueOf(invalid.getMessage()));
        }
    }

    /**
     * Refuses jars whose words cannot be used, before anything starts that reads pipeline files.
     *
     * @throws dev.septet.dsl.extension.ExtensionProblem naming the jar
     */
    public void checkWords() {
        WordReference.check();
    }

    /**
     * The store that this machine's workers use, opened once.
     *
     * @throws CliProblem USAGE when the environment names an invalid store
     */
    public synchronized ArtifactStore store() {
        ArtifactStore opened = store;
        if (opened != null) {
            return opened;
        }
        try {
            opened = Stores.open(state().store(), environment);
            store = opened;
            return opened;
        } catch (IllegalArgumentException invalid) {
            throw new CliProblem(ExitCode.USAGE, String.valueOf(invalid.getMessage()));
        }
    }

    /** The outside trainers that this machine's workers allow. */
    public OutsideTrainers trainers() {
        return OutsideTrainers.of(environment, state().trainers());
    }

    /** Copies of rows that are in buckets, in databases or in reviewed feedback; the caller closes them. */
    public RemoteSources remoteSources() {
        return RemoteSources.temporary(environment, new ReviewedRows(state().reviewed())::first);
    }

    /** The pipelines whose files belong to this machine. */
    public LocalPipelines localPipelines() {
        return LocalPipelines.of(store(), state().path(), environment);
    }

    /**
     * The audit logs of this machine.
     *
     * @throws CliProblem USAGE when the file with their keys cannot be used
     */
    public AuditLogs auditLogs() {
        try {
            return new AuditLogs(state().audit(), AtRestEncryption.of(environment));
        } catch (KeyProblem problem) {
            throw new CliProblem(ExitCode.USAGE, String.valueOf(problem.getMessage()));
        }
    }

    /**
     * The store, when it may have content.
     *
     * @throws CliProblem NOT_FOUND when no run has created it yet
     */
    public ArtifactStore existingStore() {
        if (!hasStore()) {
            throw new CliProblem(
                    ExitCode.NOT_FOUND,
                    "there is no store in %s yet: run a pipeline first, or set SEPTET_STORE to the store of the workers"
                            .formatted(state().store()));
        }
        return store();
    }

    /** Whether the store may have content; the first run creates a local store. */
    public boolean hasStore() {
        return !(store() instanceof LocalStore local) || Files.isDirectory(local.root());
    }

    public SelfCommand self() {
        return SelfCommand.current(Septet.class.getName(), home);
    }

    public ServerFinder servers() {
        return new ServerFinder(environment, new ServerFile(state().server()), port);
    }

    /** The folder of example pipelines that come with Septet. */
    public Path examples() {
        return home.resolve("examples");
    }
}
