package dev.septet.workers.cli.machine;

import dev.septet.workers.Role;
import dev.septet.workers.WorkerProcess;
import dev.septet.workers.WorkerSettings;
import dev.septet.workers.cli.option.CliProblem;
import dev.septet.workers.cli.option.DataOption;
import dev.septet.workers.cli.option.ExitCode;
import dev.septet.workers.cli.option.LogFormatOption;
import dev.septet.workers.cli.option.Session;
import dev.septet.workers.cli.ui.UiStart;
import dev.septet.workers.doctor.GpuChecks;
import dev.septet.workers.local.CardWorkers;
import dev.septet.workers.local.LocalSettings;
import dev.septet.workers.local.TrainingEnvironment;
import dev.septet.workers.local.WorkerNames;
import dev.septet.workers.server.ServerPorts;
import dev.septet.workers.server.ServerRef;
import dev.septet.workers.version.BuildDigest;
import dev.septet.workers.version.WorkerVersion;
import dev.septet.workflows.TaskQueues;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** The command {@code septet worker}. */
@Command(
        name = "worker",
        mixinStandardHelpOptions = true,
        sortOptions = false,
        description = {
            "Run one worker process in the foreground.",
            "",
            "It polls the server of TEMPORAL_ADDRESS or of the temporal CLI's profile, or the state"
                    + " folder's own, and waits while the server does not answer. On SIGTERM it takes"
                    + " no new work; training commits its checkpoint and hands over to its next attempt."
                    + " It logs to standard output and to logs/septet.log in the state folder.",
            "",
            "With --devices it starts one training worker for each card, restarts workers that die, and"
                    + " with the role all also starts a light worker. Each worker logs to a file in logs."
        })
public final class WorkerCommand implements Callable<Integer> {
    private static final Logger LOG = LoggerFactory.getLogger(WorkerCommand.class);

    private final Session session;

    @Option(
            names = "--role",
            paramLabel = "ROLE",
            description = "light (workflows, data), training (engine) or all. Default: all")
    private String role = "all";

    @Mixin
    private WorkersOption workers = new WorkersOption();

    @Mixin
    private DataOption data = new DataOption();

    @Option(
            names = "--queue",
            paramLabel = "NAME",
            description = "Task queue of the training activities. Default: " + TaskQueues.TRAINING)
    private String queue = TaskQueues.TRAINING;

    @Option(
            names = "--name",
            paramLabel = "NAME",
            description = "Name of this process in messages and of its files, unique among the workers of a"
                    + " state folder. Default: the role, and the build id")
    private @Nullable String name;

    @Option(
            names = "--build-id",
            paramLabel = "ID",
            description =
                    "Version of this worker, for rolling upgrades: runs that begin on it end on it. auto = digest of the"
                            + " program's files. `septet workers current ID` lets new runs begin on it. Default:"
                            + " SEPTET_BUILD_ID, or no version")
    private @Nullable String buildId;

    @Option(
            names = "--deployment",
            paramLabel = "NAME",
            description = "The worker deployment that the version belongs to. Default: SEPTET_DEPLOYMENT, or "
                    + WorkerVersion.DEFAULT_DEPLOYMENT)
    private @Nullable String deployment;

    @Mixin
    private LogFormatOption log = new LogFormatOption();

    public WorkerCommand(Session session) {
        this.session = session;
    }

    @Override
    public Integer call() throws IOException, InterruptedException {
        Role parsed;
        try {
            parsed = Role.valueOf(role.toUpperCase(Locale.ROOT));
        } catch (IllegalArgumentException e) {
            throw new CliProblem(ExitCode.USAGE, "--role is light, training or all, not '%s'".formatted(role));
        }
        if (parsed.training() && !TrainingEnvironment.of(session.environment()).isEmpty()) {
            session.terminal()
                    .note(
                            "This JVM was started without the environment for fast training: %s. Start it with the launcher, `septet worker`."
                                    .formatted(String.join(
                                            " ",
                                            TrainingEnvironment.of(session.environment())
                                                    .keySet())));
        }
        WorkerVersion version = version();
        log.start(session);
        session.checkSettings();
        session.checkWords();
        session.store(); // checks the store's settings before anything starts
        List<Path> folders = workers.folders(session);
        if (workers.onCards()) {
            return onCards(parsed, folders, version);
        }
        if (parsed.training()) {
            for (String warning :
                    GpuChecks.of(session.state(), session.environment()).warnings()) {
                LOG.warn(warning);
                session.terminal().note(warning);
            }
        }
        session.startTraces("septet-worker");
        WorkerSettings settings = new WorkerSettings(
                parsed,
                name(parsed, version),
                session.state(),
                folders,
                data.folders(session),
                queue,
                workers.slots(),
                version);
        if (version != null) {
            LOG.info("the version of this worker is {}", version.text());
        }
        ServerRef own = session.servers()
                .find()
                .filter(server -> server.kind() != ServerRef.Kind.CONFIGURED)
                .orElse(null);
        Optional<UiStart.Running> page = page();
        new WorkerProcess(settings, own).run();
        page.ifPresent(UiStart.Running::close);
        return ExitCode.OK;
    }

    private @Nullable WorkerVersion version() {
        try {
            return WorkerVersion.of(buildId, deployment, session.environment(), BuildDigest.classPath());
        } catch (IllegalArgumentException invalid) {
            throw new CliProblem(ExitCode.USAGE, String.valueOf(invalid.getMessage()));
        }
    }

    /**
     * The page of all pipelines, if SEPTET_UI says where. The log does not get its token. A worker whose port another process
     * has, perhaps its predecessor that still hands over, works without the page.
     */
    private Optional<UiStart.Running> page() throws IOException {
        Optional<UiStart.Running> page;
        try {
            page = UiStart.worker(session);
        } catch (CliProblem problem) {
            if (problem.exitCode() != ExitCode.PORT_TAKEN) {
                throw problem;
            }
            LOG.warn("the page of all pipelines is not served: {}", problem.getMessage());
            return Optional.empty();
        }
        page.ifPresent(running -> LOG.info(
                "serving the page of all pipelines at {}/ with {}",
                running.server().address(),
                running.access()));
        return page;
    }

    private String name(Role parsed, @Nullable WorkerVersion version) {
        if (name == null) {
            return WorkerNames.of(parsed, version);
        }
        if (!name.matches("[a-z0-9][a-z0-9-]{0,60}")) {
            throw new CliProblem(
                    ExitCode.USAGE, "--name has lower-case letters, digits and hyphens only, got '%s'".formatted(name));
        }
        return name;
    }

    /** Supervises a training worker for each card until this process is ended. */
    private int onCards(Role parsed, List<Path> folders, @Nullable WorkerVersion version)
            throws IOException, InterruptedException {
        if (!parsed.training()) {
            throw new CliProblem(
                    ExitCode.USAGE, "--devices is for training workers, but --role is light; leave one of them out");
        }
        if (name != null) {
            throw new CliProblem(ExitCode.USAGE, "--devices names the workers itself; leave --name out");
        }
        LocalSettings settings = new LocalSettings(
                session.state(),
                folders,
                data.folders(session),
                new ServerPorts(0, 0),
                workers.slots(),
                session.self(),
                session.environment(),
                workers.cards(session),
                version);
        List<Role> roles = parsed == Role.ALL ? List.of(Role.LIGHT, Role.TRAINING) : List.of(Role.TRAINING);
        Optional<UiStart.Running> page = page();
        CardWorkers started = CardWorkers.start(settings, roles, queue, session.servers(), LOG::info);
        CountDownLatch ended = new CountDownLatch(1);
        Runtime.getRuntime()
                .addShutdownHook(new Thread(
                        () -> {
                            started.close();
                            ended.countDown();
                        },
                        "septet-end"));
        ended.await();
        page.ifPresent(UiStart.Running::close);
        return ExitCode.OK;
    }
}
