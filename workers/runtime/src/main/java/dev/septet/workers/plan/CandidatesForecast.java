package dev.septet.workers.plan;

import com.fasterxml.jackson.annotation.JsonInclude;
import dev.septet.activities.attempt.StageProblem;
import dev.septet.activities.basemodel.BaseModelFiles;
import dev.septet.activities.initialize.BaseModel;
import dev.septet.activities.prepare.ContextLimit;
import dev.septet.dsl.pipeline.InitializeSpec;
import dev.septet.dsl.pipeline.PipelineSpec;
import dev.septet.llm.format.FormatProblem;
import dev.septet.workflows.RunRef;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * The candidates for the base model. A plan cannot know the choice, so its other numbers are those of the largest candidate.
 *
 * @param planned the largest candidate that can be the base model
 * @param candidates all candidates, in the order of the file
 */
public record CandidatesForecast(String planned, List<Planned> candidates) {
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
            all.add(check(models, run, spec, spec.initialize().using(model)));
        }
        String largest = all.stream()
                .filter(each -> each.leftOut() == null)
                .max(Comparator.comparingLong(Planned::parameters))
                .map(Planned::model)
                .orElseThrow(() ->
                        StageProblem.invalid("initialize: candidates: none of the %d models can be the base model: %s"
                                .formatted(
                                        all.size(),
                                        all.stream()
                                                .map(each -> each.model() + " left out: " + each.leftOut())
                                                .collect(Collectors.joining("; ")))));
        return new CandidatesForecast(largest, all);
    }

    private static Planned check(BaseModelFiles models, RunRef run, PipelineSpec spec, InitializeSpec candidate)
            throws IOException {
        try {
            Path folder = models.folder(run, candidate, progress -> {});
            BaseModel model = BaseModel.open(folder);
            spec.setup().methods(spec.train()).forEach(method -> model.check(candidate, method));
            if (spec.deploy() != null) {
                model.checkExport();
            }
            ContextLimit.check(folder, spec.prepare().maxTokens());
            long bytes = 0;
            for (Path file : model.files().values()) {
                bytes += Files.size(file);
            }
            return new Planned(candidate.model(), model.folder().parameters(), bytes, null);
        } catch (StageProblem | FormatProblem problem) {
            return new Planned(candidate.model(), 0, 0, String.valueOf(problem.getMessage()));
        }
    }

    /** The pipeline that the plan is about. */
    public PipelineSpec planned(PipelineSpec spec) {
        return spec.using(spec.initialize().using(planned));
    }
}
