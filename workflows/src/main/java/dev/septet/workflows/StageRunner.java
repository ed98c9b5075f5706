package dev.septet.workflows;

import dev.septet.workflows.StageStatus.State;
import dev.septet.workflows.artifact.Origin;
import io.temporal.failure.ApplicationFailure;
import io.temporal.failure.TemporalFailure;
import java.util.Set;
import java.util.function.BiFunction;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** Runs the stages of one run as child workflows, and shows their states on the board. */
final class StageRunner {
    /** Stages that need a worker on another queue than that of the workflows. */
    private static final Set<Stage> TRAINING = Set.of(Stage.SETUP, Stage.TRAIN, Stage.EVALUATE, Stage.DEPLOY);

    private final StageBoard board;
    private final RunRef run;
    private final String queue;

    /**
     * Creates the runner of one run.
     *
     * @param queue task queue of the stages that need the engine
     */
    StageRunner(StageBoard board, RunRef run, String queue) {
        this.board = board;
        this.run = run;
        this.queue = queue;
    }

    /**
     * Runs a stage and returns its result.
     *
     * @param earlier the result of an earlier run, null = the stage runs
     * @param detail describes a result in one line
     */
    <W, Q, R> R run(
            Stage stage,
            @Nullable R earlier,
            Class<W> type,
            BiFunction<W, Q, R> call,
            Q request,
            Function<R, String> detail,
            Function<R, Origin> origin) {
        if (earlier != null) {
            board.set(stage, State.REUSED, detail.apply(earlier) + " (of the resumed run)");
            return earlier;
        }
        board.start(stage, StageStubs.id(run, stage));
        SearchTags.set(run.searchable(), SearchTags.STAGE.valueSet(stage.word()));
        PollerCheck watch = TRAINING.contains(stage) ? PollerCheck.during(board, stage, queue) : null;
        try {
            R result = call.apply(StageStubs.stage(type, run, stage, run.pipeline() + ": " + stage.word()), request);
            Origin from = origin.apply(result);
            board.set(
                    stage,
                    from.reused() ? State.REUSED : State.DONE,
                    from.reused() ? detail.apply(result) + " (" + from.why() + ")" : detail.apply(result));
            return result;
        } catch (TemporalFailure failure) {
            board.set(stage, State.FAILED, FailureCauses.message(failure));
            throw plain(stage.word() + ": ", failure);
        } finally {
            if (watch != null) {
                watch.close();
            }
        }
    }

    /** The same failure without its wrappers, so that every reader sees the message first. */
    static TemporalFailure plain(String prefix, TemporalFailure failure) {
        if (FailureCauses.cancelled(failure)) {
            return failure;
        }
        ApplicationFailure root = FailureCauses.root(failure);
        ApplicationFailure plain = ApplicationFailure.newNonRetryableFailure(
                prefix + FailureCauses.message(failure),
                root == null ? FailureType.BACKEND_FAILED.type() : root.getType());
        plain.setStackTrace(new StackTraceElement[0]);
        return plain;
    }
}
