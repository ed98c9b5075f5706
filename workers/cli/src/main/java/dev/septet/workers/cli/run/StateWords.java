package dev.septet.workers.cli.run;

import dev.septet.workers.cli.screen.Style;
import io.temporal.api.enums.v1.WorkflowExecutionStatus;
import java.util.Locale;

/** Names states in one word. */
public final class StateWords {
    private static final String PREFIX = "WORKFLOW_EXECUTION_STATUS_";

    private StateWords() {}

    /** {@code running}, {@code completed}, {@code failed}, {@code canceled} and so on. */
    public static String of(WorkflowExecutionStatus status) {
        return status.name().replace(PREFIX, "").toLowerCase(Locale.ROOT).replace('_', ' ');
    }

    /** The style for the state of a run, a stage or a gate. */
    public static Style style(String word) {
        return switch (word) {
            case "completed", "done", "reused", "GO" -> Style.GOOD;
            case "running" -> Style.BUSY;
            case "failed", "timed out", "terminated", "NO_GO" -> Style.BAD;
            case "canceled", "INCONCLUSIVE" -> Style.WARN;
            case "waiting", "skipped" -> Style.QUIET;
            default -> Style.PLAIN;
        };
    }
}
