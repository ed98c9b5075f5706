package dev.septet.workflows;

import dev.septet.workflows.StageStatus.State;
import io.temporal.workflow.Workflow;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The seven stages of one run and their states; deterministic workflow state. Every change is shown on the run's page.
 */
final class StageBoard {
    private static final DateTimeFormatter TIME =
            DateTimeFormatter.ofPattern("HH:mm:ss 'UTC'", Locale.ROOT).withZone(ZoneOffset.UTC);

    private final Map<Stage, StageStatus> stages = new EnumMap<>(Stage.class);
    private @Nullable WaitReason waiting;
    private final List<String> remarks = new ArrayList<>();
    private boolean progressed;

    StageBoard() {
        for (Stage stage : Stage.values()) {
            stages.put(stage, new StageStatus(stage, State.WAITING, "", ""));
        }
    }

    void set(Stage stage, State state, String detail) {
        put(stage, state, detail);
        waiting = null;
        show();
    }

    void start(Stage stage, String workflowId) {
        stages.put(stage, new StageStatus(stage, State.RUNNING, "", workflowId));
        waiting = null;
        progressed = false;
        show();
    }

    /** Shows the progress of the running stage; ignores late progress of other stages. */
    void progress(StageProgress update) {
        Progress progress = update.progress();
        for (StageStatus stage : stages()) {
            if (progress != null
                    && stage.state() == State.RUNNING
                    && stage.stage().word().equals(update.stage())) {
                Instant now = Instant.ofEpochMilli(Workflow.currentTimeMillis());
                put(stage.stage(), State.RUNNING, progress.line() + " (" + TIME.format(now) + ")");
                progressed = true;
                waiting = null;
                show();
            }
        }
    }

    /** Whether the running stage sent progress since the last call. */
    boolean takeProgressed() {
        boolean before = progressed;
        progressed = false;
        return before;
    }

    /**
     * Shows on the page and in {@code status} what the run waits for, until the stage continues.
     *
     * @param now null = the run does not wait any more
     */
    void waits(@Nullable WaitReason now) {
        waiting = now;
        show();
    }

    /** Shows a sentence and changes no state. */
    void remark(String sentence) {
        Workflow.getLogger(StageBoard.class).warn("{}", sentence);
        remarks.add(sentence);
        show();
    }

    @Nullable
    WaitReason waiting() {
        return waiting;
    }

    List<StageStatus> stages() {
        return List.copyOf(stages.values());
    }

    /**
     * A list for the Web UI, followed by what the run waits for. It is not a table: a search or a screen reader reads a
     * table without its lines, so that its cells run together.
     */
    String markdown() {
        StringBuilder text = new StringBuilder();
        for (StageStatus stage : stages.values()) {
            text.append("- **")
                    .append(stage.stage().word())
                    .append("**: ")
                    .append(stage.state().name().toLowerCase(Locale.ROOT));
            if (!stage.detail().isEmpty()) {
                text.append(", ").append(stage.detail().replace('\n', ' '));
            }
            text.append('\n');
        }
        WaitReason now = waiting;
        if (now != null) {
            text.append(now.markdown());
        }
        for (String remark : remarks) {
            text.append("\n- ").append(remark.replace('\n', ' ')).append('\n');
        }
        String id = Workflow.getInfo().getWorkflowId();
        return text.append("\n`septet status ")
                .append(id)
                .append("` follows it; `septet report ")
                .append(id)
                .append("` shows what it made.\n")
                .toString();
    }

    private void put(Stage stage, State state, String detail) {
        stages.computeIfPresent(stage, (same, before) -> new StageStatus(stage, state, detail, before.workflowId()));
    }

    private void show() {
        Workflow.setCurrentDetails(markdown());
    }
}
