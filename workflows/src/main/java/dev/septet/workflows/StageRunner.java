package dev.septet.workflows;

import dev.septet.dsl.pipeline.InitializeSpec;
import dev.septet.workflows.StageStatus.State;
import dev.septet.workflows.artifact.FoldScores;
import dev.septet.workflows.artifact.HasOrigin;
import dev.septet.workflows.artifact.Origin;
import dev.septet.workflows.graph.StageGraph;
import dev.septet.workflows.graph.StageInputs;
import dev.septet.workflows.graph.StageNode;
import dev.septet.workflows.summary.StageTime;
import dev.septet.workflows.track.StageSpan;
import io.temporal.failure.ApplicationFailure;
import io.temporal.failure.TemporalFailure;
import io.temporal.workflow.Workflow;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.function.BiFunction;
import java.util.function.Consumer;
import java.util.function.Function;

/** Runs the stages of one run as child workflows, and shows their states on the board. */
final class StageRunner {
    /** Stages that need a worker on the training queue. */
    private static final Set<Stage> TRAINING = Set.of(Stage.SETUP, Stage.TRAIN, Stage.EVALUATE, Stage.DEPLOY);

    private final StageBoard board;
    private final String queue;
    private PipelineReport earlier;
    private StageInputs inputs;
    private final List<StageTime> times = new ArrayList<>();
    private final Consumer<Stage> mayBegin;
    private final List<StageSpan> spans = new ArrayList<>();

    /**
     * Creates the runner of one run.
     *
     * @param earlier the results that a resumed run reuses
     * @param mayBegin returns when a stage may begin
     */
    StageRunner(StageBoard board, StageInputs inputs, PipelineReport earlier, Consumer<Stage> mayBegin) {
        this.mayBegin = mayBegin;
        this.board = board;
        this.inputs = inputs;
        this.earlier = earlier;
        this.queue = TaskQueues.training(inputs.spec().setup().resources());
    }

    /** How long each stage took so far. */
    List<StageTime> times() {
        return List.copyOf(times);
    }

    /** When each stage ran so far. */
    List<StageSpan> spans() {
        return List.copyOf(spans);
    }

    /** The results of the stages so far. */
    PipelineReport results() {
        return inputs.results();
    }

    /** Reruns this stage and all later ones: their earlier results are not reused. */
    void rerun(Stage from) {
        earlier = earlier.before(from);
    }

    /** Whether the file has a stage. If not, the board shows the stage as skipped. */
    boolean named(Stage stage) {
        if (StageGraph.of(stage).in(inputs.spec())) {
            return true;
        }
        board.set(stage, State.SKIPPED, "the file has no %s block".formatted(stage.word()));
        return false;
    }

    /** The inputs of the next stages. */
    StageInputs inputs() {
        return inputs;
    }

    /** Runs the next stages with a chosen base model. */
    void use(InitializeSpec chosen) {
        inputs = inputs.using(chosen);
    }

    /** Records the scores of a cross-validation. */
    void record(FoldScores folds) {
        inputs = inputs.with(folds);
    }

    /** A stage's request. */
    <Q> Q request(StageNode<Q, ?> node) {
        return node.request(inputs);
    }

    /** Records a stage's result. */
    <R> R record(StageNode<?, R> node, R result) {
        inputs = inputs.with(node, result);
        return result;
    }

    /**
     * Runs a stage and returns its result.
     *
     * @param detail one line about a result
     */
    <W, Q, R extends HasOrigin> R run(
            StageNode<Q, R> node, Class<W> type, BiFunction<W, Q, R> call, Function<R, String> detail) {
        Stage stage = node.stage();
        RunRef run = inputs.run();
        R reused = node.result().cast(earlier.of(stage));
        if (reused != null) {
            board.set(stage, State.REUSED, detail.apply(reused) + " (of the resumed run)");
            long now = Workflow.currentTimeMillis();
            ended(stage, now, now, true, false);
            return record(node, reused);
        }
        mayBegin.accept(stage);
        Q request = request(node);
        long began = Workflow.currentTimeMillis();
        board.start(stage, StageStubs.id(run, stage));
        SearchTags.set(run.searchable(), SearchTags.STAGE.valueSet(stage.word()));
        PollerCheck pollerCheck = TRAINING.contains(stage) ? PollerCheck.during(board, stage, queue) : null;
        try {
            R result = call.apply(StageStubs.stage(type, run, stage, run.pipeline() + ": " + stage.word()), request);
            Origin from = result.origin();
            board.set(
                    stage,
                    from.reused() ? State.REUSED : State.DONE,
                    from.reused() ? detail.apply(result) + " (" + from.why() + ")" : detail.apply(result));
            ended(stage, began, Workflow.currentTimeMillis(), from.reused(), false);
            return record(node, result);
        } catch (TemporalFailure failure) {
            board.set(stage, State.FAILED, FailureCauses.message(failure));
            ended(stage, began, Workflow.currentTimeMillis(), false, true);
            throw plain(stage.word() + ": ", failure);
        } finally {
            if (pollerCheck != null) {
                pollerCheck.close();
            }
        }
    }

    private void ended(Stage stage, long began, long ended, boolean reused, boolean failed) {
        times.add(new StageTime(stage, ended - began, reused, failed));
        spans.add(new StageSpan(stage, began, ended, reused, failed));
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
