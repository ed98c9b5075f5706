package dev.septet.workflows.graph;

import dev.septet.dsl.pipeline.PipelineSpec;
import dev.septet.workflows.Stage;
import java.util.List;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * One stage in the {@link StageGraph}.
 *
 * @param block finds the stage's block in a pipeline file; null = the file has none
 * @param result type of the stage's result
 * @param stored type of the stored result; often the same
 * @param takes the earlier stages whose results the request contains
 * @param dependencies the dependencies of the stored result; empty = the stage stores no result
 * @param unstored further dependencies of the stage, which are not part of the key; for {@code
 *     resume}
 * @param always why the stage runs in every run; null = it runs only if no result is stored
 * @param <Q> the stage's request
 */
public record StageNode<Q, R>(
        Stage stage,
        Function<PipelineSpec, @Nullable Object> block,
        Class<R> result,
        Class<?> stored,
        List<Stage> takes,
        Function<StageInputs, Q> requests,
        List<StageDependency<Q>> dependencies,
        List<StageDependency<Q>> unstored,
        @Nullable String always) {
    /** A stage that stores its complete result. */
    StageNode(
            Stage stage,
            Function<PipelineSpec, @Nullable Object> block,
            Class<R> result,
            List<Stage> takes,
            Function<StageInputs, Q> requests,
            List<StageDependency<Q>> dependencies) {
        this(stage, block, result, result, takes, requests, dependencies, List.of(), null);
    }

    /** Whether a file has this stage. */
    public boolean in(PipelineSpec spec) {
        return block.apply(spec) != null;
    }

    /** Whether all results that the request contains exist. */
    public boolean ready(StageInputs inputs) {
        return takes.stream().allMatch(stage -> inputs.results().of(stage) != null);
    }

    /** The stage's request. It can contain only results of the stages in {@link #takes}. */
    public Q request(StageInputs inputs) {
        return requests.apply(inputs.restrictedTo(takes));
    }
}
