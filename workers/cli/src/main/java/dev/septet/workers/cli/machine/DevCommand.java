package dev.septet.workers.cli.machine;

import dev.septet.activities.catalog.Catalog;
import dev.septet.llm.cuda.NvidiaCard;
import dev.septet.workers.cli.option.CliProblem;
import dev.septet.workers.cli.option.DataOption;
import dev.septet.workers.cli.option.ExitCode;
import dev.septet.workers.cli.option.PortOption;
import dev.septet.workers.cli.option.Session;
import dev.septet.workers.cli.option.Terminal;
import dev.septet.workers.cli.ui.UiStart;
import dev.septet.workers.doctor.GpuChecks;
import dev.septet.workers.gateway.ServerGateway;
import dev.septet.workers.local.LocalCluster;
import dev.septet.workers.local.LocalSettings;
import dev.septet.workers.server.ServerRef;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.regex.Pattern;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** The command {@code septet dev}. */
@Command(
        name = "dev",
        mixinStandardHelpOptions = true,
        sortOptions = false,
        description = {
            "Run a Temporal server and Septet's workers in the foreground, until Ctrl-C.",
            "",
            "When a server is configured, runs only the workers."
        })
public final class DevCommand implements Callable<Integer> {
    private static final Pattern PLAIN = Pattern.compile("[\\w./-]+");

    private final Session session;

    @Mixin
    private WorkersOption workers = new WorkersOption();

    @Mixin
    private DataOption data = new DataOption();

    @Mixin
    private PortOption port = new PortOption();

    public DevCommand(Session session) {
        this.session = session;
    }

    @Override
    public Integer call() throws IOException, InterruptedException {
        session.checkSettings();
        session.checkWords();
        Terminal terminal = session.terminal();
        List<Path> folders = workers.folders(session);
        List<Path> roots = data.folders(session);
        int slots = workers.slots();
        List<NvidiaCard> cards = workers.cards(session);
        Optional<ServerRef> found = port.find(session);
        LocalSettings settings = new LocalSettings(
                session.state(), folders, roots, port.ports(), slots, session.self(), session.environment(), cards);
        session.store(); // reports settings with which the workers would not start
        GpuChecks.withoutLibtorch(session.state(), session.environment())
                .warnings()
                .forEach(terminal::note);
        LocalCluster cluster = LocalCluster.start(settings, found.orElse(null), terminal::note);
        cluster.serveTargets(session.store());
        Optional<String> metrics;
        try {
            metrics = cluster.listen("dev");
        } catch (IOException | RuntimeException e) {
            cluster.close();
            throw e;
        }
        CountDownLatch ended = new CountDownLatch(1);
        Runtime.getRuntime()
                .addShutdownHook(new Thread(
                        () -> {
                            terminal.note("ending: training commits its checkpoint first");
                            cluster.close();
                            ended.countDown();
                        },
                        "septet-end"));
        ServerRef server = cluster.connection().server();
        Optional<UiStart.Running> page = page();
        terminal.note("Temporal server  " + server.address() + origin(server));
        terminal.note("Web UI           " + webUi(cluster, server));
        page.ifPresent(running -> terminal.note("Pages            " + running.link()));
        folders.forEach(folder -> terminal.note("Pipelines        " + folder));
        roots.forEach(folder -> terminal.note("Data             " + folder));
        cards.forEach(card -> terminal.note("Training worker  " + card));
        terminal.note("Logs             " + settings.state().logs());
        metrics.ifPresent(target -> terminal.note("Metrics          http://" + target + "/targets"));
        cluster.gateway()
                .flatMap(ServerGateway::obstacle)
                .ifPresent(obstacle -> terminal.note(
                        "WARNING: other users of this machine can reach the Temporal server: %s. See `septet doctor`."
                                .formatted(obstacle.reason())));
        terminal.note("Ready. Start a run from anywhere:");
        Path profile = server.profile();
        if (profile != null) {
            terminal.note("  export TEMPORAL_CONFIG_FILE=" + profile);
        }
        terminal.note("  temporal workflow start --type Pipeline --task-queue septet --input"
                + " '{\"pipeline\":\"%s\"}'".formatted(example(folders))
                + (profile != null || server.address().endsWith(":7233") ? "" : " --address " + server.address()));
        ended.await();
        return ExitCode.OK;
    }

    /** The name of a served pipeline that a shell takes as it is. */
    private static String example(List<Path> folders) {
        List<String> names;
        try {
            names = new Catalog(folders)
                    .names().stream()
                            .filter(name -> PLAIN.matcher(name).matches())
                            .toList();
        } catch (IOException unreadable) {
            return "NAME";
        }
        return names.contains("quickstart") ? "quickstart" : names.isEmpty() ? "NAME" : names.get(0);
    }

    /** The page of all pipelines. Pipelines run without it, too. */
    private Optional<UiStart.Running> page() {
        try {
            return UiStart.dev(session);
        } catch (CliProblem | IOException problem) {
            session.terminal().note("WARNING: the page of all pipelines is not served: " + problem.getMessage());
            return Optional.empty();
        }
    }

    /**
     * The Web UI's address, with a link that signs the browser in if this command started the
     * server.
     */
    private static String webUi(LocalCluster cluster, ServerRef server) {
        return cluster.gateway().map(ServerGateway::signIn).orElse(server.ui() == null ? "none known" : server.ui());
    }

    private static String origin(ServerRef server) {
        return switch (server.kind()) {
            case CONFIGURED -> " (configured)";
            case OWN -> "";
            case IN_MEMORY -> " (in memory: nothing is saved)";
        };
    }
}
