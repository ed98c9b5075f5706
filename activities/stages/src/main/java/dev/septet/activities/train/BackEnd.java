package dev.septet.activities.train;

import dev.septet.activities.attempt.StageProblem;
import dev.septet.dsl.pipeline.backend.BackEndSpec;
import dev.septet.dsl.pipeline.train.TrainSpec;
import dev.septet.workflows.FailureType;
import dev.septet.workflows.Progress;
import dev.septet.workflows.train.TrainRequest;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** Trains with something else than Septet's engine. */
public interface BackEnd {
    /** Finds the back end that a pipeline names. */
    @FunctionalInterface
    interface Finder {
        /** Of a worker that allows none. */
        Finder NONE = used -> {
            throw new StageProblem(
                    FailureType.POLICY_DENIED,
                    "train: by %s: this worker trains with Septet's engine only".formatted(used.written()));
        };

        /**
         * The back end.
         *
         * @throws StageProblem when the operator does not allow it
         */
        BackEnd of(BackEndSpec used);
    }

    /**
     * What an attempt came to.
     *
     * @param nextStep counted from 0
     * @param end null when the training is not over
     * @param waits how long the stage waits before the next attempt follows the training; null when it is paused or over
     * @param progress what people see meanwhile; null when the stage does not wait
     * @param notes texts of files that are stored beside the ledger, by their names
     */
    record Result(
            int nextStep,
            @Nullable TrainingEnd end,
            @Nullable Duration waits,
            @Nullable Progress progress,
            TrainingLedger ledger,
            Map<String, String> notes) {
        public Result {
            notes = Map.copyOf(notes);
        }

        /** The training is over. */
        public static Result ended(int steps, TrainingEnd end, TrainingLedger ledger) {
            return new Result(steps, end, null, null, ledger, Map.of());
        }

        /** The same with another file beside the ledger. */
        public Result withNote(String file, String text) {
            Map<String, String> all = new TreeMap<>(notes);
            all.put(file, text);
            return new Result(nextStep, end, waits, progress, ledger, all);
        }

        /** A command paused the training. */
        public static Result paused(int nextStep, TrainingLedger ledger) {
            return new Result(nextStep, null, null, null, ledger, Map.of());
        }

        /** The training goes on elsewhere. */
        public static Result waiting(int nextStep, Duration waits, Progress progress, TrainingLedger ledger) {
            return new Result(nextStep, null, waits, progress, ledger, Map.of());
        }
    }

    /**
     * What a training may use of this worker.
     *
     * @param cards number of cards
     * @param folder where it writes, whose free space is checked; null = nowhere
     */
    record WorkerResources(int cards, @Nullable Path folder) {
        /** Of a back end that only waits on this worker. */
        public static final WorkerResources NONE = new WorkerResources(0, null);
    }

    /** What determines its result besides the request, for keys. */
    String fingerprint();

    /**
     * Checks that it can do this training, before the run spends time.
     *
     * @throws StageProblem naming what it cannot do
     */
    void check(TrainSpec train);

    /** What a training may use of this worker; the run's requirements are checked against it, before the run spends time. */
    WorkerResources resources();

    /** Whether the losses of given answers can be measured on the models that it makes. */
    default boolean showsLosses() {
        return true;
    }

    /**
     * Trains from the newest checkpoint, or from the start.
     *
     * @param export empty folder for the adapter or the model
     */
    Result train(TrainRequest request, TrainingContext context, Path export) throws IOException;

    /** Ends a training that goes on elsewhere, after a cancellation. */
    void end(TrainRequest request, TrainingContext context) throws IOException;

    /** Removes what is left of a run whose result is stored. */
    void clear(TrainRequest request, TrainingContext context) throws IOException;
}
