package dev.septet.workers.cli;

import io.temporal.api.enums.v1.WorkflowExecutionStatus;

import java.util.Locale;

/** A run's state as one word. */
final class StateWords {
    private static final String PREFIX = "WORKFLOW_EXECUTION_STATUS_";

    private StateWords() {}

    /** {@code running}, {@code completed}, {@code failed}, {@code canceled} and so on. */
    static String of(WorkflowExecutionStatus status) {
        return status.name().replace(PREFIX, "").toLowerCase(Locale.ROOT).replace('_', ' ');
    }
}
