package dev.septet.dsl.pipeline.deploy;

import static dev.septet.dsl.pipeline.Checks.require;

import com.fasterxml.jackson.annotation.JsonFormat;
import com.fasterxml.jackson.annotation.JsonInclude;
import dev.septet.dsl.pipeline.Checks;
import dev.septet.dsl.pipeline.HttpSpec;
import dev.septet.dsl.pipeline.StagePolicy;
import dev.septet.dsl.pipeline.StageSpec;
import java.time.Duration;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The deployment stage of a pipeline file.
 *
 * @param quantize quantized formats in addition to full precision, each once, in the order of the file
 * @param canary null = the new model serves all requests at once
 * @param approval null = no approval is required
 * @param guard judges the requests and the answers of the served model; null = none
 * @param exam how much worse than the unquantized model a form may be in the evaluation; empty = no form takes
 *     it
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
        @JsonInclude(JsonInclude.Include.NON_EMPTY) List<FormExamSpec> exam,
        StagePolicy policy)
        implements StageSpec {
    public static final StagePolicy DEFAULT_POLICY = StagePolicy.within(Duration.ofHours(6));

    @SuppressWarnings("NullAway") // lenient reader: a property absent in JSON is null here
    public DeploySpec {
        quantize = quantize == null
                ? List.of()
                : quantize.stream().map(Quantization::canonical).distinct().toList();
        targets = List.copyOf(targets);
        exam = Checks.orEmpty(exam);
        require(!targets.isEmpty(), "deploy needs at least one target");
        Set<String> subjects = new HashSet<>();
        for (FormExamSpec each : exam) {
            require(subjects.add(each.words()), "exam for %s is already set", each.words());
        }
    }

    /**
     * How much worse a form may be in a metric: the most specific line decides. Of two equally specific ones, the
     * stricter one does.
     *
     * @param format null for the 16-bit file
     * @param metric name of a metric or score without its set, or word of a part
     * @return a fraction of the unquantized model's value; null when no line is about this form and metric
     */
    public @Nullable Double maxDrop(@Nullable Quantization format, String metric) {
        return exam.stream()
                .filter(each -> each.covers(format, metric))
                .min(Comparator.comparingInt((FormExamSpec each) -> -each.precision())
                        .thenComparingDouble(FormExamSpec::maxDrop))
                .map(FormExamSpec::maxDrop)
                .orElse(null);
    }

    /** Whether the GGUF files take the exam of the evaluation before they are published. */
    public boolean examinesForms() {
        return !exam.isEmpty();
    }

    /** A deployment without a guard, and without an exam of the quantized forms. */
    public DeploySpec(
            List<Quantization> quantize,
            List<TargetSpec> targets,
            @Nullable CanarySpec canary,
            @Nullable ApprovalSpec approval,
            StagePolicy policy) {
        this(quantize, targets, canary, approval, null, List.of(), policy);
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
