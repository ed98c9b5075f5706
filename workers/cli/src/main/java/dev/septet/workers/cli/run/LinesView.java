package dev.septet.workers.cli.run;

import dev.septet.workers.cli.option.Terminal;
import dev.septet.workflows.PipelineStatus;
import dev.septet.workflows.Progress;
import dev.septet.workflows.Stage;
import dev.septet.workflows.StageStatus;
import java.time.Duration;
import java.util.EnumMap;
import java.util.Map;
import java.util.Objects;

/** Shows a run as plain lines, for files and pipes: its changes, and its progress at intervals. */
public final class LinesView implements RunView {
    private static final long EVERY_NANOS = Duration.ofSeconds(5).toNanos();

    private final Terminal terminal;
    private final StageChanges changes = new StageChanges(true);
    private final Map<Stage, String> printed = new EnumMap<>(Stage.class);
    private long last = System.nanoTime();

    public LinesView(Terminal terminal) {
        this.terminal = terminal;
    }

    @Override
    public void show(RunSnapshot snapshot) {
        changes.lines(snapshot).forEach(this::note);
        if (System.nanoTime() - last < EVERY_NANOS) {
            return;
        }
        for (LiveActivity activity : snapshot.activities()) {
            Progress progress = activity.progress();
            if (progress != null) {
                String line = progress.line();
                if (!Objects.equals(printed.put(activity.stage(), line), line)) {
                    note(StageChanges.label(activity.stage()) + line);
                }
            }
        }
        last = System.nanoTime();
    }

    @Override
    public void note(String line) {
        terminal.note(line);
    }

    @Override
    public void close() {
        // Nothing to do: only complete lines are written.
    }

    /** The stages of a snapshot; none while no worker answers. */
    public static Iterable<StageStatus> stages(RunSnapshot snapshot) {
        PipelineStatus status = snapshot.stages();
        return status == null ? java.util.List.of() : status.stages();
    }
}
