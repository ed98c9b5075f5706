package dev.septet.workers.cli.status;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.septet.dsl.pipeline.SpecJson;
import dev.septet.workers.cli.option.Terminal;
import dev.septet.workers.cli.run.LinesView;
import dev.septet.workers.cli.run.LiveActivity;
import dev.septet.workers.cli.run.RunSnapshot;
import dev.septet.workers.cli.run.StateWords;
import dev.septet.workers.cli.run.UnpolledQueues;
import dev.septet.workers.cli.screen.Grid;
import dev.septet.workers.cli.screen.Screen;
import dev.septet.workers.cli.screen.Style;
import dev.septet.workers.cli.screen.Wrap;
import dev.septet.workers.deployment.MissingWorkers;
import dev.septet.workflows.PipelineStatus;
import dev.septet.workflows.Progress;
import dev.septet.workflows.StageStatus;
import dev.septet.workflows.WaitReason;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * Prints the status of one run as text or JSON.
 *
 * @param unpolled queues that the run needs and that no worker polls
 * @param failure why the run did not succeed; null when it succeeded or is open
 * @param ui the run's page in the Web UI; null without a UI
 */
record StatusPage(
        String workflowId,
        RunSnapshot snapshot,
        List<MissingWorkers> unpolled,
        @Nullable String failure,
        @Nullable String ui) {
    private static final int LABEL = 9;

    void print(Terminal terminal) {
        String state = StateWords.of(snapshot.state());
        terminal.print(terminal.screen().paint(Style.STRONG, workflowId)
                + ": "
                + terminal.screen().paint(StateWords.style(state), state)
                + since());
        if (snapshot.stages() != null) {
            terminal.print(stages(terminal));
        }
        WaitReason waiting = waiting();
        if (waiting != null) {
            line(terminal, "Waits", waiting.stage().word() + ": " + waiting.reason());
            waiting.answers().forEach(answer -> terminal.print(" ".repeat(LABEL) + answer));
        }
        for (MissingWorkers missing : unpolled) {
            line(terminal, "Waits", UnpolledQueues.sentence(workflowId, missing));
        }
        if (snapshot.version() != null) {
            line(terminal, "Version", "pinned to " + snapshot.version().text());
        }
        if (snapshot.stages() == null && unpolled.isEmpty()) {
            line(terminal, "Stages", "no worker answers at the moment; try again");
        }
        if (failure != null) {
            line(terminal, "Failed", failure);
        }
        if (ui != null) {
            terminal.print("Web UI   " + ui);
        }
    }

    void json(Terminal terminal) {
        ObjectNode node = SpecJson.mapper().createObjectNode();
        node.put("workflowId", workflowId);
        node.put("runId", snapshot.runId());
        node.put("state", StateWords.of(snapshot.state()));
        node.put("started", snapshot.started());
        if (snapshot.ended() != null) {
            node.put("ended", snapshot.ended());
        }
        if (failure != null) {
            node.put("failure", failure);
        }
        if (ui != null) {
            node.put("ui", ui);
        }
        node.set("stages", SpecJson.mapper().valueToTree(LinesView.stages(snapshot)));
        node.set("waiting", SpecJson.mapper().valueToTree(waiting()));
        node.set(
                "unpolled",
                SpecJson.mapper()
                        .valueToTree(
                                unpolled.stream().map(MissingWorkers::queue).toList()));
        if (snapshot.version() != null) {
            node.put("version", snapshot.version().text());
        }
        node.set("activities", SpecJson.mapper().valueToTree(snapshot.activities()));
        terminal.print(node.toPrettyString());
    }

    private String stages(Terminal terminal) {
        Grid grid = new Grid(terminal.screen(), "stage", "state", "");
        for (StageStatus stage : LinesView.stages(snapshot)) {
            String state = stage.state().name().toLowerCase(Locale.ROOT);
            grid.row(
                    Grid.Cell.of(stage.stage().word()),
                    new Grid.Cell(state, StateWords.style(state)),
                    Grid.Cell.of(detail(stage)));
        }
        return grid.text();
    }

    /** The detail of a stage. The activity's last heartbeat is newer than the run's own status. */
    private String detail(StageStatus stage) {
        List<String> now = new ArrayList<>();
        for (LiveActivity activity : snapshot.activities()) {
            if (activity.stage() != stage.stage()) {
                continue;
            }
            Progress progress = activity.progress();
            if (progress != null) {
                now.add(progress.line());
            }
            if (activity.attempt() > 1) {
                now.add(String.format(
                        Locale.ROOT, "attempt %d, because: %s", activity.attempt(), activity.lastFailure()));
            }
        }
        return now.isEmpty() ? stage.detail() : String.join("\n", now);
    }

    private String since() {
        String ended = snapshot.ended();
        return ended == null ? ", started " + snapshot.started() : ", %s to %s".formatted(snapshot.started(), ended);
    }

    private @Nullable WaitReason waiting() {
        PipelineStatus stages = snapshot.stages();
        return stages == null ? null : stages.waiting();
    }

    private static void line(Terminal terminal, String label, String text) {
        String whole = String.format(Locale.ROOT, "%-" + LABEL + "s%s", label, Screen.plain(text));
        terminal.print(Wrap.hanging(whole, terminal.screen().columns(), LABEL));
    }
}
