package dev.septet.examples.e2e;

import com.fasterxml.jackson.databind.JsonNode;
import dev.septet.activities.audit.AuditLogs;
import dev.septet.activities.deploy.Aliases;
import dev.septet.activities.encryption.AtRestEncryption;
import dev.septet.activities.serving.Route;
import dev.septet.activities.store.LocalStore;
import dev.septet.dsl.pipeline.SpecJson;
import dev.septet.workflows.FailureCauses;
import dev.septet.workflows.PipelineReport;
import dev.septet.workflows.PipelineWorkflow;
import dev.septet.workflows.artifact.Score;
import io.temporal.client.WorkflowException;
import io.temporal.failure.ApplicationFailure;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;

/**
 * What one pass of the loop leaves behind, without the names of runs, times and what the customers
 * were asked: equal, however often processes were killed. The route's generation is no part of it: it also counts
 * how often the trial's end moved, and a pass with kills takes longer.
 *
 * @param end {@code promoted}, or the type of the failure that ended the retraining
 * @param adapter sha256 of what the retraining trained
 * @param scores by which the gate judged it
 * @param champion sha256 of the export that answers everybody
 * @param trial whether another one still answers some
 * @param moves of the alias
 * @param published every file that the alias shows
 * @param retrainings runs that the drift has started
 * @param notices what people were told, those told twice by their id counted once
 * @param broken where the audit log's chain breaks; empty when it does not
 */
record LoopOutcome(
        String end,
        String adapter,
        List<Score> scores,
        String champion,
        boolean trial,
        List<String> moves,
        List<String> published,
        long retrainings,
        List<String> notices,
        String broken) {

    /**
     * Of a loop whose route names one model again; waits for the run's end.
     *
     * @param out the folder that the pipeline publishes to
     * @param told lines of JSON, one for each time that people were told something
     */
    static LoopOutcome of(Loop loop, Path out, Path told) throws IOException {
        DevStack stack = loop.trials().stack();
        String pipeline = loop.trials().pipeline();
        String end = end(stack, loop.retraining());
        PipelineReport report = stack.client()
                .newWorkflowStub(PipelineWorkflow.class, loop.retraining())
                .report();
        Route route = loop.trials().route();
        LocalStore store = new LocalStore(stack.state().resolve("store"));
        AuditLogs logs = new AuditLogs(stack.state().resolve("audit"), AtRestEncryption.none());
        return new LoopOutcome(
                end,
                Objects.requireNonNull(report.checkpoint()).artifact().sha256(),
                Objects.requireNonNull(report.evaluation()).scores(),
                route.champion().sha256(),
                route.challenger() != null,
                new Aliases(store, Map.of())
                        .history(pipeline).moves().stream()
                                .map(move -> move.reason() + " " + move.sha256())
                                .toList(),
                FolderDigests.of(out.resolve("current").toRealPath()),
                stack.client()
                        .listExecutions("WorkflowId = '%s'".formatted(loop.retraining()))
                        .count(),
                notices(told),
                String.valueOf(logs.verifier(logs.folder(pipeline)).verify().broken()));
    }

    private static String end(DevStack stack, String retraining) {
        try {
            stack.result(stack.client().newUntypedWorkflowStub(retraining), Loop.PATIENCE);
            return "promoted";
        } catch (WorkflowException failure) {
            ApplicationFailure root = Objects.requireNonNull(FailureCauses.root(failure));
            return root.getType();
        }
    }

    private static List<String> notices(Path told) throws IOException {
        Map<String, String> byId = new TreeMap<>();
        for (String line : Files.readAllLines(told)) {
            JsonNode notice = SpecJson.mapper().readTree(line);
            String before = byId.put(notice.path("id").asText(), line);
            if (before != null && !before.equals(line)) {
                throw new AssertionError("one id, two notices:\n" + before + "\n" + line);
            }
        }
        return byId.values().stream().map(LoopOutcome::event).sorted().toList();
    }

    private static String event(String line) {
        try {
            JsonNode notice = SpecJson.mapper().readTree(line);
            return notice.path("event").asText() + " "
                    + notice.path("workflowId").asText();
        } catch (com.fasterxml.jackson.core.JsonProcessingException e) {
            throw new AssertionError(line, e);
        }
    }
}
