package dev.septet.workers.cli.status;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.septet.dsl.pipeline.SpecJson;
import dev.septet.workers.cli.option.CliProblem;
import dev.septet.workers.cli.option.ExitCode;
import dev.septet.workers.cli.option.ServerConnector;
import dev.septet.workers.cli.option.Session;
import dev.septet.workers.cli.option.Terminal;
import dev.septet.workers.cli.run.RunHandle;
import dev.septet.workers.cli.run.ScoreTable;
import dev.septet.workers.local.Connection;
import dev.septet.workflows.PipelineReport;
import dev.septet.workflows.artifact.DeploymentRef;
import dev.septet.workflows.artifact.EvaluationReport;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** The command {@code septet report}. */
@Command(
        name = "report",
        mixinStandardHelpOptions = true,
        sortOptions = false,
        description = "Show the results of a run's evaluation, and the places of its report page and its data page.")
public final class ReportCommand implements Callable<Integer> {
    private static final List<String> OPENERS = List.of("xdg-open", "open", "wslview");

    private final Session session;

    @Parameters(paramLabel = "RUN", description = "The run's workflow id")
    private String run = "";

    @Option(names = "--open", description = "Open the page in the browser")
    private boolean open;

    @Option(names = "--json", description = "Print the findings and the run's lineage as JSON")
    private boolean json;

    public ReportCommand(Session session) {
        this.session = session;
    }

    @Override
    public Integer call() throws IOException {
        PipelineReport report;
        try (Connection connection = ServerConnector.any(session)) {
            report = RunReports.of(new RunHandle(connection, run, ""));
        }
        EvaluationReport evaluation = report.evaluation();
        if (evaluation == null) {
            throw new CliProblem(ExitCode.NOT_FOUND, run + " has not been evaluated");
        }
        ReportFiles files = new ReportFiles(session);
        if (json) {
            ObjectNode node = SpecJson.mapper().createObjectNode();
            node.set("report", SpecJson.mapper().valueToTree(report));
            Optional<String> results = files.results(evaluation);
            if (results.isPresent()) {
                node.set("results", SpecJson.mapper().readTree(results.get()));
            }
            session.terminal().print(node.toPrettyString());
            return ExitCode.OK;
        }
        Terminal terminal = session.terminal();
        terminal.print(ScoreTable.of(terminal.screen(), evaluation.scores()));
        Optional<String> findings = files.results(evaluation);
        if (findings.isPresent()) {
            SliceGrids.of(terminal.screen(), SpecJson.mapper().readTree(findings.get()))
                    .forEach(terminal::print);
        }
        print(report, files.page(run, evaluation, report), evaluation);
        files.data(run, evaluation).ifPresent(page -> session.terminal().print("Data     " + page));
        return ExitCode.OK;
    }

    private void print(PipelineReport report, Optional<Path> page, EvaluationReport evaluation) {
        Terminal terminal = session.terminal();
        DeploymentRef deployment = report.deployment();
        if (deployment != null) {
            new ReportFiles(session).formLines(deployment).forEach(terminal::print);
            for (DeploymentRef.Published published : deployment.published()) {
                terminal.print("Model    %s (%s)".formatted(published.location(), published.type()));
            }
        }
        terminal.print("Report   " + page.map(Path::toString).orElseGet(() -> ReportFiles.elsewhere(evaluation)));
        report.tracked().forEach(one -> terminal.print("Tracked  " + one.line()));
        if (open) {
            page.ifPresentOrElse(
                    this::open, () -> terminal.note("its page is not on this machine, so it is not opened"));
        }
    }

    private void open(Path page) {
        for (String opener : OPENERS) {
            try {
                new ProcessBuilder(opener, page.toUri().toString())
                        .redirectErrorStream(true)
                        .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                        .start();
                return;
            } catch (IOException missing) {
                // Try the next program.
            }
        }
        session.terminal().note("no program on this machine can open it");
    }
}
