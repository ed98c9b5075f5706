package dev.septet.workflows.fold;

import dev.septet.workflows.RunRef;
import dev.septet.workflows.Stage;
import dev.septet.workflows.StageStubs;
import dev.septet.workflows.artifact.CheckpointRef;
import dev.septet.workflows.artifact.DatasetRef;
import dev.septet.workflows.artifact.EvaluationReport;
import dev.septet.workflows.artifact.FoldScores;
import dev.septet.workflows.evaluate.EvaluateRequest;
import dev.septet.workflows.evaluate.EvaluateWorkflow;
import dev.septet.workflows.graph.StageGraph;
import dev.septet.workflows.graph.StageInputs;
import dev.septet.workflows.prepare.PrepareWorkflow;
import dev.septet.workflows.train.TrainRequest;
import dev.septet.workflows.train.TrainWorkflow;
import io.temporal.workflow.Async;
import io.temporal.workflow.Promise;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.Consumer;

/**
 * The trainings of {@code split folds:}. Each fold prepares the rows, trains and evaluates in child workflows with a run
 * reference of its own. All folds start at once; the workers of the training queue decide how many of them train at a time.
 * The base model, the learning rate and the rank are those of the run.
 */
public final class CrossValidation {
    private final StageInputs inputs;
    private final Consumer<String> show;
    private int done;

    /**
     * @param inputs the run's inputs with the results of initialize and setup
     * @param show shows a line about the state
     */
    public CrossValidation(StageInputs inputs, Consumer<String> show) {
        this.inputs = inputs;
        this.show = show;
    }

    /**
     * Runs all folds.
     *
     * @param runs the reference of each fold's run
     */
    public FoldScores run(List<RunRef> runs) {
        int folds = runs.size();
        show.accept(String.format(Locale.ROOT, "cross-validation: 0 of %d folds evaluated", folds));
        List<Promise<EvaluationReport>> running = new ArrayList<>();
        for (int number = 1; number <= folds; number++) {
            int fold = number;
            running.add(Async.function(() -> evaluated(runs.get(fold - 1), fold, folds)));
        }
        Promise.allOf(running).get();
        return FoldScores.of(running.stream().map(Promise::get).toList());
    }

    private EvaluationReport evaluated(RunRef run, int fold, int folds) {
        String name = run.pipeline() + String.format(Locale.ROOT, ": fold %d of %d, ", fold, folds);
        DatasetRef dataset = StageStubs.stage(PrepareWorkflow.class, run, Stage.PREPARE, name + "prepare")
                .prepare(StageGraph.PREPARE.request(inputs).of(run, fold));
        StageInputs prepared = inputs.with(StageGraph.PREPARE, dataset);
        TrainRequest training = StageGraph.TRAIN.request(prepared).of(run);
        CheckpointRef checkpoint = StageStubs.stage(TrainWorkflow.class, run, Stage.TRAIN, name + "train")
                .train(training);
        EvaluateRequest test = StageGraph.EVALUATE
                .request(prepared.with(StageGraph.TRAIN, checkpoint))
                .of(run);
        EvaluationReport report = StageStubs.stage(EvaluateWorkflow.class, run, Stage.EVALUATE, name + "evaluate")
                .evaluate(test);
        done++;
        show.accept(String.format(Locale.ROOT, "cross-validation: %d of %d folds evaluated", done, folds));
        return report;
    }
}
