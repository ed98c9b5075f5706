package dev.septet.workers.cli;

import dev.septet.workers.local.LocalCluster;
import dev.septet.workers.local.LocalSettings;
import dev.septet.workers.server.ServerRef;

import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;

/** {@code septet dev}. */
@Command(
        name = "dev",
        mixinStandardHelpOptions = true,
        sortOptions = false,
        description = {
            "Run a Temporal server and Septet's workers in the foreground, until Ctrl-C.",
            "",
            "Where a server is configured or already runs on this machine, only the workers; --port"
                    + " starts a server of its own all the same."
        })
final class DevCommand implements Callable<Integer> {
    private final Session session;

    @Mixin private WorkersOption workers = new WorkersOption();

    @Mixin private PortOption port = new PortOption();

    DevCommand(Session session) {
        this.session = session;
    }

    @Override
    public Integer call() throws IOException, InterruptedException {
        Terminal terminal = session.terminal();
        List<Path> folders = workers.folders(session);
        int slots = workers.slots();
        Optional<ServerRef> found = port.find(session);
        LocalSettings settings =
                new LocalSettings(
                        session.state(),
                        folders,
                        port.ports(),
                        slots,
                        session.self(),
                        session.environment());
        LocalCluster cluster = LocalCluster.start(settings, found.orElse(null), terminal::note);
        cluster.serveTargets(session.store());
        CountDownLatch ended = new CountDownLatch(1);
        Runtime.getRuntime()
                .addShutdownHook(
                        new Thread(
                                () -> {
                                    terminal.note("ending: training commits its checkpoint first");
                                    cluster.close();
                                    ended.countDown();
                                },
                                "septet-end"));
        ServerRef server = cluster.connection().server();
        terminal.note("Temporal server  " + server.address() + origin(server));
        terminal.note("Web UI           " + (server.ui() == null ? "none known" : server.ui()));
        folders.forEach(folder -> terminal.note("Pipelines        " + folder));
        terminal.note("Logs             " + settings.state().logs());
        terminal.note("Ready. Start a run from anywhere:");
        terminal.note(
                "  temporal workflow start --type Pipeline --task-queue septet --input"
                        + " '{\"pipeline\":\"quickstart\"}'"
                        + (server.address().endsWith(":7233")
                                ? ""
                                : " --address " + server.address()));
        ended.await();
        return ExitCode.OK;
    }

    private static String origin(ServerRef server) {
        return switch (server.kind()) {
            case CONFIGURED -> " (configured)";
            case LISTENING -> " (was running already)";
            case OWN -> "";
            case IN_MEMORY -> " (in memory: forgets everything)";
        };
    }
}
