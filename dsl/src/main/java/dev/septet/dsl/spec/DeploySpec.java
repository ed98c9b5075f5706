package dev.septet.dsl.spec;

import static dev.septet.dsl.spec.Checks.require;

import com.fasterxml.jackson.annotation.JsonInclude;

import org.jspecify.annotations.Nullable;

import java.time.Duration;
import java.util.List;

/**
 * What the file says about deployment.
 *
 * @param quantize null = full precision only
 * @param canary null = the new model serves all requests at once
 * @param approval null = nobody is asked
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
public record DeploySpec(
        @Nullable Quantization quantize,
        List<TargetSpec> targets,
        @Nullable CanarySpec canary,
        @Nullable ApprovalSpec approval,
        StagePolicy policy)
        implements StageSpec {
    public static final StagePolicy DEFAULT_POLICY = StagePolicy.within(Duration.ofHours(6));

    public DeploySpec {
        targets = List.copyOf(targets);
        require(!targets.isEmpty(), "deploy needs at least one target");
    }

    /** Smaller number formats of the served file. */
    public enum Quantization {
        /** Blocks of 32 signed bytes with one scale: GGUF's Q8_0. */
        INT8
    }
}
