package dev.septet.workers.plan;

import com.fasterxml.jackson.annotation.JsonInclude;
import dev.septet.activities.attempt.StageProblem;
import dev.septet.activities.basemodel.BaseModelFiles;
import dev.septet.activities.candidate.CandidateCheck;
import dev.septet.activities.initialize.BaseModel;
import dev.septet.dsl.pipeline.PipelineSpec;
import dev.septet.dsl.pipeline.search.CandidateTrainingSpec;
import dev.septet.workflows.RunRef;
import dev.septet.workflows.candidate.CandidateRequest;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * The candidates for the base model. A plan cannot know the choice, so its other numbers are those of the largest candidate.
 *
 * @param planned the largest candidate that can be the base model
 * @param candidates all candidates, in the order of the file
 * @param training the short trainings; null when the exam of the untrained models decides
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
public record CandidatesForecast(
        String planned, List<Planned> candidates, @Nullable Training training) {
    public CandidatesForecast {
        candidates = List.copyOf(candidates);
    }

    /**
     * A candidate.
     *
     * @param bytes size of its files, which are downloaded unless they are here
     * @param leftOut why it cannot be the base model; null when it can
     */
    @JsonInclude(JsonInclude.Include.NON_NULL)
    public record Planned(
            String model,
            long parameters,
            long bytes,
            @Nullable String leftOut) {}

    /**
     * The short trainings of the best candidates.
     *
     * @param trained number of candidates that train
     * @param steps optimizer steps of each one
     * @param continues whether the training of the chosen one continues from them
     * @param seconds duration of all of them, one at a time, if all are as slow as the largest candidate; null while nothing has
     *     measured a step
     */
    @JsonInclude(JsonInclude.Include.NON_NULL)
    public record Training(
            int trained,
            long steps,
            boolean continues,
            @Nullable Double seconds) {
        /** Steps of all candidates, of which the run repeats none for the chosen one if it continues. */
        public long allSteps() {
            return trained * steps;
        }
    }

    /**
     * Checks the candidates as a run would; a missing model is downloaded. Null for a file with one model.
     *
     * @throws StageProblem naming each reason when no candidate can be the base model
     */
    public static @Nullable CandidatesForecast of(BaseModelFiles models, RunRef run, PipelineSpec spec)
            throws IOException {
        if (spec.initialize().candidates().isEmpty()) {
            return null;
        }
        List<Planned> all = new ArrayList<>();
        for (String model : spec.initialize().candidates()) {
            all.add(check(models, request(run, spec, all.size(), model)));
        }
        String largest = all.stream()
                .filter(each -> each.leftOut() == null)
                .max(Comparator.comparingLong(Planned::parameters))
                .map(Planned::model)
                .orElseThrow(() -> StageProblem.invalid(String.format(
                        Locale.ROOT,
                        "initialize: candidates: none of the %d models can be the base model: %s",
                        all.size(),
                        all.stream()
                                .map(each -> each.model() + " left out: " + each.leftOut())
                                .collect(Collectors.joining("; ")))));
        int left = (int) all.stream().filter(each -> each.leftOut() == null).count();
        return new CandidatesForecast(largest, all, training(spec, left));
    }

    /** With one candidate that is left, nothing is trained. */
    private static @Nullable Training training(PipelineSpec spec, int left) {
        CandidateTrainingSpec training = spec.initialize().candidateTraining();
        return training == null || left < 2
                ? null
                : new Training(
                        Math.min(training.keep(), left),
                        training.steps(),
                        spec.setup().search() == null,
                        null);
    }

    /**
     * These candidates with what the plan of the largest one knows about its training.
     *
     * @param all optimizer steps of the whole training; null while the data's size is not known
     * @param whole its duration in seconds; null while nothing has measured a step
     */
    public CandidatesForecast timed(@Nullable Long all, @Nullable Double whole) {
        if (training == null || all == null) {
            return this;
        }
        long steps = Math.min(training.steps(), all);
        return new CandidatesForecast(
                planned,
                candidates,
                new Training(
                        training.trained(),
                        steps,
                        training.continues(),
                        whole == null ? null : (Double) (whole / all * steps * training.trained())));
    }

    private static CandidateRequest request(RunRef run, PipelineSpec spec, int number, String model) {
        return new CandidateRequest(
                run,
                number,
                spec.initialize().using(model),
                spec.prepare(),
                spec.setup(),
                spec.train(),
                spec.evaluate(),
                spec.deploy() != null,
                null,
                null);
    }

    private static Planned check(BaseModelFiles models, CandidateRequest request) throws IOException {
        String name = request.initialize().model();
        try {
            BaseModel model = CandidateCheck.open(models, request, progress -> {});
            long bytes = 0;
            for (Path file : model.files().values()) {
                bytes += Files.size(file);
            }
            return new Planned(name, model.folder().parameters(), bytes, null);
        } catch (IOException | RuntimeException problem) {
            String why = CandidateCheck.whyLeftOut(problem);
            if (why == null) {
                throw problem;
            }
            return new Planned(name, 0, 0, why);
        }
    }

    /** The pipeline that the plan is about. */
    public PipelineSpec planned(PipelineSpec spec) {
        return spec.using(spec.initialize().using(planned));
    }
}
