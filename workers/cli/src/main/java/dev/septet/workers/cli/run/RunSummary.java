package dev.septet.workers.cli.run;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.septet.dsl.pipeline.SpecJson;
import dev.septet.dsl.problem.Problem;
import dev.septet.dsl.problem.ProblemPrinter;
import dev.septet.workers.cli.option.ExitCode;
import dev.septet.workers.cli.option.Session;
import dev.septet.workers.cli.option.Terminal;
import dev.septet.workers.cli.status.ReportFiles;
import dev.septet.workflows.PipelineReport;
import dev.septet.workflows.artifact.DeploymentRef;
import dev.septet.workflows.artifact.EvaluationReport;
import io.temporal.client.WorkflowFailedException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Prints the result of an ended run. */
final class RunSummary {
    private final Session session;
    private final Terminal terminal;
    private final RunServer cluster;
    private final RunHandle run;
    private final RunSnapshot end;
    private final Path file;
    private final List<Problem> remarks;

    RunSummary(Session session, RunServer cluster, RunHandle run, RunSnapshot end, Path file, List<Problem> remarks) {
        this.session = session;
        this.terminal = session.terminal();
        this.cluster = cluster;
        this.run = run;
        this.end = end;
        this.file = file;
        this.remarks = remarks;
    }

    /**
     * Prints the summary.
     *
     * @return the exit code
     */
    int print(boolean json) {
        PipelineReport report;
        RunFailure why = null;
        try {
            report = run.result();
            if (report.refusal() != null) {
                why = RunFailure.of(report.refusal());
            }
        } catch (WorkflowFailedException failed) {
            report = run.report().orElse(null);
            why = RunFailure.of(failed);
        }
        String failure = why == null ? null : why.message();
        int code = why == null ? ExitCode.OK : why.code();
        if (json) {
            printJson(report, failure);
        } else {
            printText(report, failure);
        }
        return code;
    }

    private void printText(@Nullable PipelineReport report, @Nullable String failure) {
        terminal.print("");
        EvaluationReport evaluation = report == null ? null : report.evaluation();
        if (evaluation != null) {
            terminal.print(ScoreTable.of(terminal.screen(), evaluation.scores()));
        }
        if (failure != null) {
            terminal.print("Failed   " + failure);
        }
        DeploymentRef deployment = report == null ? null : report.deployment();
        if (deployment != null) {
            if (!deployment.chain().checks().isEmpty()) {
                terminal.print("");
                terminal.print(ChainTable.of(terminal.screen(), deployment.chain()));
            }
            new ReportFiles(session).formLines(deployment).forEach(terminal::print);
            for (DeploymentRef.Published published : deployment.published()) {
                terminal.print("Model    %s (%s)".formatted(published.location(), published.type()));
                if (published.type().equals("http")) {
                    terminal.print("         answers there while `septet dev` runs");
                }
            }
        }
        if (evaluation != null) {
            terminal.print("Report   "
                    + page(evaluation, report).map(Path::toString).orElseGet(() -> ReportFiles.elsewhere(evaluation)));
        }
        if (report != null) {
            report.tracked().forEach(one -> terminal.print("Tracked  " + one.line()));
        }
        String ui = cluster.page(run);
        if (ui != null) {
            terminal.print("Web UI   " + ui);
        } else if (cluster.ownServer()) {
            terminal.print("Web UI   %s dev shows this run there; this command's server ends with it"
                    .formatted(System.getProperty("septet.command", "septet")));
        }
        String monitor = report == null ? null : report.monitorId();
        if (monitor != null) {
            terminal.print("Monitor  %s checks the model while `septet dev` runs".formatted(monitor));
        }
        if (deployment != null && !deployment.published().isEmpty()) {
            terminal.print("Talk     %s chat %s"
                    .formatted(
                            System.getProperty("septet.command", "septet"),
                            deployment.published().stream()
                                    .filter(target -> target.type().equals("directory"))
                                    .map(DeploymentRef.Published::location)
                                    .findFirst()
                                    .orElse(run.workflowId())));
        } else if (failure != null) {
            terminal.print("Again    %s run %s (finished stages are reused)"
                    .formatted(System.getProperty("septet.command", "septet"), file));
        }
    }

    private Optional<Path> page(EvaluationReport evaluation, @Nullable PipelineReport report) {
        return new ReportFiles(session)
                .page(run.workflowId(), evaluation, report == null ? PipelineReport.NOTHING : report);
    }

    private void printJson(@Nullable PipelineReport report, @Nullable String failure) {
        ObjectNode json = SpecJson.mapper().createObjectNode();
        json.put("workflowId", run.workflowId());
        json.put("runId", run.runId());
        json.put("state", StateWords.of(end.state()));
        if (failure != null) {
            json.put("failure", failure);
        }
        String ui = cluster.page(run);
        if (ui != null) {
            json.put("ui", ui);
        }
        json.set("remarks", SpecJson.mapper().valueToTree(ProblemPrinter.objects(remarks)));
        json.set("stages", SpecJson.mapper().valueToTree(LinesView.stages(end)));
        json.set("report", SpecJson.mapper().valueToTree(report));
        if (report != null && report.evaluation() != null) {
            page(report.evaluation(), report).ifPresent(page -> json.put("reportPage", page.toString()));
        }
        terminal.print(json.toPrettyString());
    }
}
