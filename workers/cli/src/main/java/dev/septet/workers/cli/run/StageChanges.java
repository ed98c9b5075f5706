package dev.septet.workers.cli.run;

import dev.septet.workflows.PipelineStatus;
import dev.septet.workflows.Stage;
import dev.septet.workflows.StageStatus;
import dev.septet.workflows.WaitReason;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Describes the differences between two snapshots of a run as lines. */
public final class StageChanges {
    private final Map<Stage, StageStatus.State> states = new EnumMap<>(Stage.class);
    private @Nullable WaitReason waiting;
    private final Map<Stage, Integer> attempts = new EnumMap<>(Stage.class);
    private final boolean starts;

    /**
     * @param starts whether a line is printed when a stage begins; a bar shows this itself
     */
    public StageChanges(boolean starts) {
        this.starts = starts;
    }

    /** The stage's name, padded. */
    public static String label(Stage stage) {
        return String.format(Locale.ROOT, "%-12s", stage.word());
    }

    /** The changes since the last call. */
    List<String> lines(RunSnapshot snapshot) {
        List<String> lines = new ArrayList<>();
        for (StageStatus stage : LinesView.stages(snapshot)) {
            StageStatus.State before = states.put(stage.stage(), stage.state());
            boolean started =
                    stage.state() == StageStatus.State.RUNNING && stage.detail().isEmpty();
            if (before != stage.state() && stage.state() != StageStatus.State.WAITING && (starts || !started)) {
                lines.add(line(stage));
            }
        }
        PipelineStatus status = snapshot.stages();
        WaitReason now = status == null ? null : status.waiting();
        if (now != null && !now.equals(waiting)) {
            lines.add(label(now.stage()) + "waits    " + now.reason());
            now.answers().forEach(answer -> lines.add("    " + answer));
        }
        waiting = now;
        for (LiveActivity activity : snapshot.activities()) {
            Integer before = attempts.put(activity.stage(), activity.attempt());
            if (activity.attempt() > 1 && (before == null || before < activity.attempt())) {
                lines.add(label(activity.stage())
                        + String.format(
                                Locale.ROOT, "attempt %d, because: %s", activity.attempt(), activity.lastFailure()));
            }
        }
        return lines;
    }

    private static String line(StageStatus stage) {
        String state = stage.state().name().toLowerCase(Locale.ROOT);
        return label(stage.stage())
                + (stage.detail().isEmpty() ? state : String.format(Locale.ROOT, "%-8s %s", state, stage.detail()));
    }
}
