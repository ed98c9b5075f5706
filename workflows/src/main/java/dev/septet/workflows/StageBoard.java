package dev.septet.workflows;

import dev.septet.workflows.StageStatus.State;

import java.util.EnumMap;
import java.util.List;
import java.util.Map;

/** The seven stages of one run and how each stands; deterministic workflow state. */
final class StageBoard {
    private final Map<Stage, StageStatus> stages = new EnumMap<>(Stage.class);

    StageBoard() {
        for (Stage stage : Stage.values()) {
            stages.put(stage, new StageStatus(stage, State.WAITING, "", ""));
        }
    }

    void set(Stage stage, State state, String detail) {
        stages.computeIfPresent(
                stage,
                (same, before) -> new StageStatus(stage, state, detail, before.workflowId()));
    }

    void start(Stage stage, String workflowId) {
        stages.put(stage, new StageStatus(stage, State.RUNNING, "", workflowId));
    }

    List<StageStatus> stages() {
        return List.copyOf(stages.values());
    }

    /** A table for the Web UI. */
    String markdown() {
        StringBuilder text = new StringBuilder("| stage | state | |\n| --- | --- | --- |\n");
        for (StageStatus stage : stages.values()) {
            text.append("| ")
                    .append(stage.stage().word())
                    .append(" | ")
                    .append(stage.state().name().toLowerCase(java.util.Locale.ROOT))
                    .append(" | ")
                    .append(stage.detail().replace("|", "\\|").replace('\n', ' '))
                    .append(" |\n");
        }
        return text.toString();
    }
}
