package dev.septet.workers.cli;

import com.fasterxml.jackson.databind.node.ObjectNode;

import dev.septet.dsl.spec.SpecJson;
import dev.septet.workflows.FailureType;
import dev.septet.workflows.PipelineReport;
import dev.septet.workflows.artifact.DeploymentRef;
import dev.septet.workflows.artifact.EvaluationReport;

import io.temporal.client.WorkflowFailedException;
import io.temporal.failure.ApplicationFailure;
import io.temporal.failure.CanceledFailure;
import io.temporal.failure.TerminatedFailure;

import org.jspecify.annotations.Nullable;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Set;

/** What a run says when it has ended. */
final class RunSummary {
    private static final Set<String> NOT_GOOD_ENOUGH =
            Set.of(
                    FailureType.GATE_FAILED.type(),
                    FailureType.CANARY_FAILED.type(),
                    FailureType.VERDICT_STALE.type());

    private final Session session;
    private final Terminal terminal;
    private final RunHandle run;
    private final RunSnapshot end;
    private final Path file;

    RunSummary(Session session, RunHandle run, RunSnapshot end, Path file) {
        this.session = session;
        this.terminal = session.terminal();
        this.run = run;
        this.end = end;
        this.file = file;
    }

    /**
     * Prints it.
     *
     * @return the exit code
     */
    int print(boolean json) {
        PipelineReport report;
        String failure = null;
        int code = ExitCode.OK;
        try {
            report = run.result();
        } catch (WorkflowFailedException failed) {
            report = run.report().orElse(null);
            failure = message(failed);
            code = code(failed);
        }
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
            terminal.print(ScoreTable.of(evaluation.scores()));
        }
        if (failure != null) {
            terminal.print("Failed   " + failure);
        }
        DeploymentRef deployment = report == null ? null : report.deployment();
        if (deployment != null) {
            for (DeploymentRef.Published published : deployment.published()) {
                terminal.print(
                        "Model    %s (%s)".formatted(published.location(), published.type()));
            }
        }
        if (evaluation != null) {
            terminal.print("Report   " + page(evaluation));
        }
        String ui = run.connection().server().page(run.workflowId(), run.runId());
        if (ui != null) {
            terminal.print("Web UI   " + ui);
        }
        String monitor = report == null ? null : report.monitorId();
        if (monitor != null) {
            terminal.print(
                    "Monitor  %s watches the model while `septet dev` runs".formatted(monitor));
        }
        if (deployment != null && !deployment.published().isEmpty()) {
            terminal.print(
                    "Talk     %s chat %s"
                            .formatted(
                                    System.getProperty("septet.command", "septet"),
                                    deployment.published().get(0).location()));
        } else if (failure != null) {
            terminal.print(
                    "Again    %s run %s (finished stages are reused)"
                            .formatted(System.getProperty("septet.command", "septet"), file));
        }
    }

    /** A copy of the page at a place that people can find; else where the workers' store has it. */
    private String page(EvaluationReport evaluation) {
        if (session.hasStore()) {
            try {
                Path page = session.store().fetch(evaluation.artifact()).resolve("report.html");
                Path copy =
                        Files.createDirectories(session.state().reports())
                                .resolve(run.workflowId() + ".html");
                Files.copy(page, copy, StandardCopyOption.REPLACE_EXISTING);
                return copy.toString();
            } catch (IOException | RuntimeException elsewhere) {
                // Then the workers keep it in a store of their own.
            }
        }
        return evaluation.artifact().uri() + "/report.html in the workers' store";
    }

    private void printJson(@Nullable PipelineReport report, @Nullable String failure) {
        ObjectNode json = SpecJson.mapper().createObjectNode();
        json.put("workflowId", run.workflowId());
        json.put("runId", run.runId());
        json.put("state", StateWords.of(end.state()));
        if (failure != null) {
            json.put("failure", failure);
        }
        String ui = run.connection().server().page(run.workflowId(), run.runId());
        if (ui != null) {
            json.put("ui", ui);
        }
        json.set("stages", SpecJson.mapper().valueToTree(LinesView.stages(end)));
        json.set("report", SpecJson.mapper().valueToTree(report));
        terminal.print(json.toPrettyString());
    }

    private static String message(WorkflowFailedException failed) {
        Throwable cause = failed.getCause();
        if (cause instanceof ApplicationFailure application) {
            return String.valueOf(application.getOriginalMessage());
        }
        if (cause instanceof CanceledFailure) {
            return "the run was cancelled";
        }
        if (cause instanceof TerminatedFailure) {
            return "the run was terminated";
        }
        return String.valueOf(cause == null ? failed.getMessage() : cause.getMessage());
    }

    private static int code(WorkflowFailedException failed) {
        if (failed.getCause() instanceof ApplicationFailure application) {
            if (NOT_GOOD_ENOUGH.contains(application.getType())) {
                return ExitCode.GATE_FAILED;
            }
            if (FailureType.INVALID_PIPELINE.type().equals(application.getType())) {
                return ExitCode.PIPELINE_INVALID;
            }
        }
        return ExitCode.RUN_FAILED;
    }
}
