package dev.septet.workflows;

import dev.septet.dsl.pipeline.PipelineSpec;
import java.util.List;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * One stage in the {@link StageGraph}.
 *
 * @param block the stage's block of a file, null = the file has none
 * @param result what the stage makes
 * @param stored what is stored under its key
 * @param takes the stages whose results its request holds
 * @param dependencies what its stored result depends on; empty = it has none
 * @param unstored what it depends on beside its stored result, for {@code resume}
 * @param always why it runs in every run, null = it runs where no result is stored
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
    /** One whose result is stored whole. */
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

    /** Whether all results are there that its request holds. */
    public boolean ready(StageInputs inputs) {
        return takes.stream().allMatch(stage -> inputs.made().of(stage) != null);
    }

    /** The stage's request; a result that {@link #takes} does not name cannot come into it. */
    public Q request(StageInputs inputs) {
        return requests.apply(inputs.only(takes));
    }
}
