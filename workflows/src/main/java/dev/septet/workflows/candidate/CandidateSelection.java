package dev.septet.workflows.candidate;

import dev.septet.dsl.pipeline.InitializeSpec;
import dev.septet.dsl.pipeline.PipelineSpec;
import dev.septet.dsl.pipeline.search.CandidateTrainingSpec;
import dev.septet.workflows.FailureType;
import dev.septet.workflows.RunRef;
import dev.septet.workflows.StageStubs;
import dev.septet.workflows.TaskQueues;
import dev.septet.workflows.artifact.DatasetRef;
import dev.septet.workflows.artifact.ModelChoice;
import dev.septet.workflows.artifact.ModelChoice.Examined;
import dev.septet.workflows.graph.StageInputs;
import io.temporal.failure.ApplicationFailure;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.stream.Collectors;

/**
 * Chooses a base model in a workflow: the check of each candidate, the exam of those that passed, and for a file with short
 * trainings those of the best ones.
 */
public final class CandidateSelection {
    private final RunRef run;
    private final PipelineSpec spec;
    private final StageInputs inputs;
    private final List<RunRef> runs;
    private final Runnable mayTrain;
    private final Consumer<String> progress;

    /**
     * @param runs references for the short training of each candidate, in the order of the file; empty without short trainings
     * @param mayTrain returns when short trainings may begin
     * @param progress receives one line about the current step
     */
    public CandidateSelection(StageInputs inputs, List<RunRef> runs, Runnable mayTrain, Consumer<String> progress) {
        this.run = inputs.run();
        this.spec = inputs.spec();
        this.inputs = inputs;
        this.runs = List.copyOf(runs);
        this.mayTrain = mayTrain;
        this.progress = progress;
    }

    /**
     * Chooses. All candidates answer the same rows, which are text: those that were prepared with the first candidate that
     * passed its check.
     *
     * @param prepare prepares the dataset with a candidate
     */
    public ModelChoice choose(Function<InitializeSpec, DatasetRef> prepare) {
        List<CandidateRequest> requests = requests();
        List<Examined> found = new ArrayList<>();
        for (CandidateRequest request : requests) {
            progress.accept(step("checking", request));
            found.add(StageStubs.counted(
                            CandidateActivities.class,
                            spec.initialize().policy(),
                            TaskQueues.LIGHT,
                            "check " + request.initialize().model())
                    .screen(request));
        }
        InitializeSpec first = requests.stream()
                .filter(request -> found.get(request.number()).leftOut() == null)
                .findFirst()
                .orElseThrow(() -> noneLeft(found))
                .initialize();
        DatasetRef rows = prepare.apply(first);
        for (CandidateRequest request : requests) {
            Examined checked = found.get(request.number());
            if (checked.leftOut() == null) {
                progress.accept(step("examining", request));
                found.set(
                        request.number(),
                        StageStubs.counted(
                                        CandidateActivities.class,
                                        spec.evaluate().policy(),
                                        TaskQueues.training(spec.setup().resources()),
                                        "examine " + request.initialize().model())
                                .examine(request.exam(checked, rows)));
            }
        }
        return choice(requests, found, rows).orElseThrow(() -> noneLeft(found));
    }

    /** The choice after the exam. With fewer than two candidates a short training would decide nothing. */
    private Optional<ModelChoice> choice(List<CandidateRequest> requests, List<Examined> found, DatasetRef rows) {
        CandidateTrainingSpec training = spec.initialize().candidateTraining();
        List<Integer> best = training == null ? List.of() : ModelChoice.best(found, training.keep());
        if (training == null || best.size() < 2) {
            return ModelChoice.of(found);
        }
        CandidateTrainings trainings = new CandidateTrainings(inputs, training, runs);
        List<CandidateRequest> examined = best.stream()
                .map(number -> requests.get(number).exam(found.get(number), rows))
                .toList();
        mayTrain.run();
        progress.accept(trainings.line(examined));
        return trainings.choose(examined, found);
    }

    private List<CandidateRequest> requests() {
        List<CandidateRequest> requests = new ArrayList<>();
        for (String model : spec.initialize().candidates()) {
            requests.add(new CandidateRequest(
                    run,
                    requests.size(),
                    spec.initialize().using(model),
                    spec.prepare(),
                    spec.setup(),
                    spec.train(),
                    spec.evaluate(),
                    spec.deploy() != null,
                    null,
                    null));
        }
        return requests;
    }

    private String step(String what, CandidateRequest request) {
        return String.format(
                Locale.ROOT,
                "%s candidate %d of %d: %s",
                what,
                request.number() + 1,
                spec.initialize().candidates().size(),
                request.initialize().model());
    }

    private ApplicationFailure noneLeft(List<Examined> found) {
        return FailureType.INVALID_PIPELINE.of(String.format(
                Locale.ROOT,
                "candidates: none of the %d models can be the base model: %s",
                found.size(),
                found.stream().map(this::why).collect(Collectors.joining("; "))));
    }

    /** Why a candidate is not the base model: it is left out, or better ones were trained and are left out. */
    private String why(Examined candidate) {
        CandidateTrainingSpec training = spec.initialize().candidateTraining();
        return candidate.leftOut() != null || training == null
                ? candidate.line()
                : String.format(
                        Locale.ROOT,
                        "%s was not among the %d that trained; raise keep:",
                        candidate.line(),
                        training.keep());
    }
}
