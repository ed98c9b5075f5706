package dev.septet.workers.cli.workers;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.septet.dsl.pipeline.SpecJson;
import dev.septet.workers.cli.option.ExitCode;
import dev.septet.workers.cli.option.ServerConnector;
import dev.septet.workers.cli.option.Session;
import dev.septet.workers.cli.option.Terminal;
import dev.septet.workers.cli.screen.Grid;
import dev.septet.workers.cli.screen.Style;
import dev.septet.workers.deployment.DeploymentState;
import dev.septet.workers.deployment.Deployments;
import dev.septet.workers.deployment.VersionState;
import dev.septet.workers.local.Connection;
import java.io.IOException;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** The command {@code septet workers}. */
@Command(
        name = "workers",
        mixinStandardHelpOptions = true,
        sortOptions = false,
        synopsisSubcommandLabel = "[COMMAND]",
        description = {
            "Show the versions of the workers (`septet worker --build-id`), and which runs need which version.",
            "",
            "New runs begin on the current version, and stay on it. Monitors move to the current version. A version is"
                    + " drained when no open run is pinned to it; then its workers can be stopped."
        })
public final class WorkersCommand implements Callable<Integer> {
    private final Session session;

    @Option(names = "--json", description = "Print JSON")
    private boolean json;

    private WorkersCommand(Session session) {
        this.session = session;
    }

    /** The command with its sub-commands. */
    public static CommandLine commandLine(Session session) {
        CommandLine line = new CommandLine(new WorkersCommand(session));
        line.addSubcommand(new WorkersCurrentCommand(session));
        line.addSubcommand(new WorkersRampCommand(session));
        line.addSubcommand(new WorkersMoveCommand(session));
        return line;
    }

    @Override
    public Integer call() throws IOException {
        try (Connection connection = ServerConnector.any(session)) {
            Deployments deployments = new Deployments(connection);
            List<DeploymentState> all = ServerRefusals.explained(deployments::all);
            boolean unversioned = ServerRefusals.explained(deployments::unversionedWorkers);
            if (json) {
                ObjectNode node = SpecJson.mapper().createObjectNode();
                node.set("deployments", SpecJson.mapper().valueToTree(all));
                node.put("workersWithoutVersion", unversioned);
                session.terminal().print(node.toPrettyString());
            } else {
                print(all, unversioned);
            }
        }
        return ExitCode.OK;
    }

    private void print(List<DeploymentState> all, boolean unversioned) {
        Terminal terminal = session.terminal();
        if (all.isEmpty()) {
            terminal.note(
                    unversioned
                            ? "The workers have no version. Start them with `septet worker --build-id ID` for rolling upgrades."
                            : "No worker with a version has polled this server. `septet worker --build-id ID` starts one.");
            return;
        }
        for (DeploymentState deployment : all) {
            terminal.print(terminal.screen().paint(Style.STRONG, "deployment " + deployment.name()));
            terminal.print(table(terminal, deployment));
            deployment.versions().stream()
                    .filter(VersionState::deserted)
                    .map(version -> version.waits() + " " + version.remedy())
                    .forEach(terminal::note);
            if (deployment.current().isEmpty()) {
                terminal.note(String.format(
                        Locale.ROOT,
                        "No version of %s is current, so new runs wait for workers without a version. `septet workers current BUILD` makes one current.",
                        deployment.name()));
            }
        }
        if (unversioned) {
            terminal.note("Workers without a version poll, too. They get no work while a version is current.");
        }
    }

    private static String table(Terminal terminal, DeploymentState deployment) {
        Grid grid = new Grid(terminal.screen(), "build", "state", "workers", "pinned runs");
        for (VersionState version : deployment.versions()) {
            Double percent = version.rampPercent();
            String state = version.state()
                    + (percent == null ? "" : String.format(Locale.ROOT, ", %s%% of new runs", plain(percent)));
            grid.row(
                    Grid.Cell.of(version.buildId()),
                    new Grid.Cell(state, version.current() ? Style.GOOD : Style.PLAIN),
                    new Grid.Cell(workers(version), lacksWorkers(version) ? Style.BAD : Style.PLAIN),
                    Grid.Cell.of(pinned(version)));
        }
        return grid.text();
    }

    private static boolean lacksWorkers(VersionState version) {
        return version.deserted() || (version.current() && !version.unpolled().isEmpty());
    }

    static String plain(double percent) {
        return percent == Math.rint(percent) ? Long.toString((long) percent) : Double.toString(percent);
    }

    private static String workers(VersionState version) {
        return version.workers().entrySet().stream()
                .map(queue -> String.format(Locale.ROOT, "%d on %s", queue.getValue(), queue.getKey()))
                .collect(Collectors.joining("\n"));
    }

    private static String pinned(VersionState version) {
        Long number = version.pinned();
        if (number == null) {
            return "unknown";
        }
        List<String> runs = version.runs();
        String more = number > runs.size() ? ", ..." : "";
        return number == 0 ? "0" : String.format(Locale.ROOT, "%d: %s%s", number, String.join(", ", runs), more);
    }
}
