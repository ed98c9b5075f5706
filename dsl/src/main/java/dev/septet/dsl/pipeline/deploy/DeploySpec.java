package dev.septet.dsl.pipeline.deploy;

import static dev.septet.dsl.pipeline.Checks.require;

import com.fasterxml.jackson.annotation.JsonFormat;
import com.fasterxml.jackson.annotation.JsonInclude;
import dev.septet.dsl.pipeline.HttpSpec;
import dev.septet.dsl.pipeline.StagePolicy;
import dev.septet.dsl.pipeline.StageSpec;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The deployment stage of a pipeline file.
 *
 * @param quantize quantized formats in addition to full precision, each once, in the order of the file
 * @param canary null = the new model serves all requests at once
 * @param approval null = no approval is required
 * @param guard judges the requests and the answers of the served model; null = none
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
public record DeploySpec(
        @JsonInclude(JsonInclude.Include.NON_EMPTY)
        @JsonFormat(
                with = {
                    JsonFormat.Feature.ACCEPT_SINGLE_VALUE_AS_ARRAY,
                    JsonFormat.Feature.WRITE_SINGLE_ELEM_ARRAYS_UNWRAPPED
                })
        List<Quantization> quantize,

        List<TargetSpec> targets,
        @Nullable CanarySpec canary,
        @Nullable ApprovalSpec approval,
        @Nullable ServingGuardSpec guard,
        StagePolicy policy)
        implements StageSpec {
    public static final StagePolicy DEFAULT_POLICY = StagePolicy.within(Duration.ofHours(6));

    @SuppressWarnings("NullAway") // lenient reader: a property absent in JSON is null here
    public DeploySpec {
        quantize = quantize == null
                ? List.of()
                : quantize.stream().map(Quantization::canonical).distinct().toList();
        targets = List.copyOf(targets);
        require(!targets.isEmpty(), "deploy needs at least one target");
    }

    /** A deployment without a guard. */
    public DeploySpec(
            List<Quantization> quantize,
            List<TargetSpec> targets,
            @Nullable CanarySpec canary,
            @Nullable ApprovalSpec approval,
            StagePolicy policy) {
        this(quantize, targets, canary, approval, null, policy);
    }

    /** Whether a target answers requests by Septet's own server. */
    public boolean servesHttp() {
        return targets.stream().anyMatch(HttpSpec.class::isInstance);
    }

    /** Quantized formats of the served file. */
    public enum Quantization {
        /**
         * GGUF's Q8_0: blocks of 32 signed bytes with one scale. Half the size of the 16-bit file, almost without
         * loss.
         */
        INT8,
        /** The same as {@code int8}, by its GGUF name. */
        Q8_0,
        /**
         * GGUF's Q4_K_M: 4 bits, and 6 bits for the most sensitive tensors. A third of the size of the 16-bit file;
         * the most widely used format.
         */
        Q4_K_M,
        /** GGUF's Q4_0: blocks of 32 numbers of 4 bits. Fast on small machines, with a larger loss. */
        Q4_0;

        /** The first constant of those that name the same format. */
        public Quantization canonical() {
            return this == Q8_0 ? INT8 : this;
        }
    }
}
