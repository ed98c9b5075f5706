package dev.septet.workflows.candidate;

import dev.septet.dsl.pipeline.search.CandidateTrainingSpec;
import dev.septet.workflows.RunRef;
import dev.septet.workflows.Stage;
import dev.septet.workflows.StageStubs;
import dev.septet.workflows.TaskQueues;
import dev.septet.workflows.artifact.ModelChoice;
import dev.septet.workflows.artifact.ModelChoice.Examined;
import dev.septet.workflows.graph.StageGraph;
import dev.septet.workflows.graph.StageInputs;
import io.temporal.api.enums.v1.ParentClosePolicy;
import io.temporal.workflow.Async;
import io.temporal.workflow.ChildWorkflowCancellationType;
import io.temporal.workflow.Promise;
import io.temporal.workflow.Workflow;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Collectors;

/**
 * The second round of a choice: short trainings of the best candidates, each in a child workflow. All begin at once; the workers of
 * the training queue decide how many of them train at a time. The choice reads all results, so their order does not matter.
 */
final class CandidateTrainings {
    private final StageInputs inputs;
    private final CandidateTrainingSpec training;
    private final List<RunRef> runs;

    /**
     * @param runs the reference of each candidate's own stages, in the order of the file
     */
    CandidateTrainings(StageInputs inputs, CandidateTrainingSpec training, List<RunRef> runs) {
        this.inputs = inputs;
        this.training = training;
        this.runs = List.copyOf(runs);
    }

    /**
     * Trains and chooses.
     *
     * @param best the candidates that train
     * @param found all candidates; the results of the trainings replace those of the exam
     * @return empty when no candidate could be trained
     */
    Optional<ModelChoice> choose(List<CandidateRequest> best, List<Examined> found) {
        Map<Integer, Promise<CandidateTrained>> running = new TreeMap<>();
        best.forEach(request -> running.put(request.number(), start(request)));
        Promise.allOf(running.values()).get();
        running.forEach((number, result) -> found.set(number, result.get().candidate()));
        Optional<ModelChoice> choice = ModelChoice.trained(found, training.steps());
        List<CandidateEnd.Unused> unused = new ArrayList<>();
        running.forEach((number, result) -> {
            // After a search, the training has other settings than the short one.
            boolean continues = inputs.spec().setup().search() == null
                    && choice.filter(made ->
                                    made.chosen().equals(found.get(number).model()))
                            .isPresent();
            if (!continues) {
                unused.add(new CandidateEnd.Unused(number, result.get().training()));
            }
        });
        StageStubs.counted(
                        CandidateActivities.class,
                        inputs.spec().initialize().policy(),
                        TaskQueues.LIGHT,
                        "remove checkpoints of candidates")
                .end(new CandidateEnd(best.get(0), unused));
        return choice;
    }

    /** The candidates in training, for people. */
    String line(List<CandidateRequest> best) {
        return String.format(
                Locale.ROOT,
                "training %d candidates for %d steps: %s",
                best.size(),
                training.steps(),
                best.stream().map(request -> request.initialize().model()).collect(Collectors.joining(", ")));
    }

    private Promise<CandidateTrained> start(CandidateRequest request) {
        RunRef own = runs.get(request.number());
        String id = StageStubs.id(request.run(), Stage.INITIALIZE) + "/candidate-" + request.number();
        String summary = String.format(
                Locale.ROOT, "train %s for %d steps", request.initialize().model(), training.steps());
        CandidateTrainingWorkflow child = Workflow.newChildWorkflowStub(
                CandidateTrainingWorkflow.class,
                StageStubs.child(id, summary)
                        .setParentClosePolicy(ParentClosePolicy.PARENT_CLOSE_POLICY_REQUEST_CANCEL)
                        .setCancellationType(ChildWorkflowCancellationType.WAIT_CANCELLATION_COMPLETED)
                        .build());
        StageInputs candidate = inputs.using(request.initialize());
        return Async.function(
                child::train,
                new CandidateTraining(
                        own,
                        request,
                        StageGraph.PREPARE.request(candidate).of(own, 0),
                        inputs.spec().deploy(),
                        training.steps()));
    }
}
