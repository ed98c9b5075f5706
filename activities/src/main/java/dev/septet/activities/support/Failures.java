package dev.septet.activities.support;

import dev.septet.activities.dataset.DatasetProblem;
import dev.septet.activities.store.CorruptArtifactException;
import dev.septet.activities.store.DiskFullException;
import dev.septet.activities.store.FencedException;
import dev.septet.llm.format.FormatProblem;
import dev.septet.llm.runtime.OutOfMemory;
import dev.septet.llm.train.TrainingProblem;
import dev.septet.workflows.FailureType;

import io.temporal.client.ActivityCompletionException;
import io.temporal.failure.ApplicationFailure;
import io.temporal.failure.TemporalFailure;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.NoSuchFileException;

/** The one place where what went wrong becomes one of the closed list of failures. */
public final class Failures {
    private static final int MAX_MESSAGE = 4096;

    private Failures() {}

    /**
     * The failure to end an activity with. Cancellation and failures of the list pass unchanged.
     */
    public static RuntimeException of(Throwable problem) {
        if (problem instanceof ActivityCompletionException stop) {
            return stop;
        }
        if (problem instanceof TemporalFailure known) {
            return known;
        }
        if (problem instanceof StageProblem known) {
            return failure(known.type(), message(known), problem);
        }
        if (problem instanceof DatasetProblem data) {
            return failure(
                    data.blame() == DatasetProblem.Blame.DATA
                            ? FailureType.POISON_DATA
                            : FailureType.INVALID_PIPELINE,
                    message(problem),
                    problem);
        }
        if (problem instanceof FencedException) {
            return failure(FailureType.FENCED, message(problem), problem);
        }
        if (problem instanceof DiskFullException) {
            return failure(FailureType.DISK_FULL, message(problem), problem);
        }
        if (problem instanceof CorruptArtifactException) {
            return failure(FailureType.CHECKPOINT_CORRUPT, message(problem), problem);
        }
        if (problem instanceof FormatProblem || problem instanceof TrainingProblem) {
            return failure(FailureType.INVALID_PIPELINE, message(problem), problem);
        }
        if (problem instanceof NoSuchFileException missing) {
            return failure(
                    FailureType.INVALID_PIPELINE, missing.getFile() + ": no such file", problem);
        }
        if (problem instanceof AccessDeniedException denied) {
            return failure(
                    FailureType.INVALID_PIPELINE,
                    denied.getFile() + ": this worker may not read or write it",
                    problem);
        }
        if (problem instanceof OutOfMemoryError || problem instanceof OutOfMemory) {
            return failure(
                    FailureType.OUT_OF_MEMORY,
                    "memory ran out: use a smaller batch size with more accumulate, or a smaller"
                            + " maxTokens ("
                            + message(problem)
                            + ")",
                    problem);
        }
        if (problem instanceof UncheckedIOException wrapped && wrapped.getCause() != null) {
            return of(wrapped.getCause());
        }
        if (problem instanceof IOException) {
            return failure(
                    FailureType.BACKEND_FAILED,
                    "cannot read or write: " + message(problem),
                    problem);
        }
        return failure(
                FailureType.BACKEND_FAILED,
                problem.getClass().getSimpleName() + ": " + message(problem),
                problem);
    }

    private static ApplicationFailure failure(FailureType type, String message, Throwable cause) {
        return type.of(message, cause);
    }

    /** At most 4 KiB: a failure that is too large cannot be reported at all. */
    private static String message(Throwable problem) {
        String text = problem.getMessage();
        if (text == null || text.isBlank()) {
            return "no message";
        }
        return text.length() <= MAX_MESSAGE ? text : text.substring(0, MAX_MESSAGE) + " ...";
    }
}
