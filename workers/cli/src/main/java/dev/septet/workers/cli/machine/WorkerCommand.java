package dev.septet.workers.cli.machine;

import dev.septet.workers.Role;
import dev.septet.workers.WorkerProcess;
import dev.septet.workers.WorkerSettings;
import dev.septet.workers.cli.option.CliProblem;
import dev.septet.workers.cli.option.DataOption;
import dev.septet.workers.cli.option.ExitCode;
import dev.septet.workers.cli.option.Session;
import dev.septet.workers.local.TrainingEnvironment;
import dev.septet.workers.log.ConsoleLog;
import dev.septet.workers.server.ServerRef;
import dev.septet.workflows.TaskQueues;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
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
                    + " It logs to standard output and to logs/septet.log in the state folder."
        })
public final class WorkerCommand implements Callable<Integer> {
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

    @Mixin
    private LogFormatOption log = new LogFormatOption();

    public WorkerCommand(Session session) {
        this.session = session;
    }

    @Override
    public Integer call() throws IOException {
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
        ConsoleLog.start(log.format(session));
        session.checkSettings();
        session.checkWords();
        session.store(); // checks the store's settings before anything starts
        List<Path> folders = workers.folders(session);
        WorkerSettings settings =
                new WorkerSettings(parsed, session.state(), folders, data.folders(session), queue, workers.slots());
        ServerRef own = session.servers()
                .find()
                .filter(server -> server.kind() != ServerRef.Kind.CONFIGURED)
                .orElse(null);
        new WorkerProcess(settings, own).run();
        return ExitCode.OK;
    }
}
