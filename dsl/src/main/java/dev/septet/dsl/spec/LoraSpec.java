package dev.septet.dsl.spec;

import static dev.septet.dsl.spec.Checks.require;

import java.util.List;

/**
 * Low-rank adaptation: h = W0 x + (alpha / rank) B A x, with W0 frozen.
 *
 * @param targets names of the adapted linear layers, such as {@code q_proj}
 * @see <a href="https://arxiv.org/abs/2106.09685">Hu et al., 2021</a>
 */
public record LoraSpec(int rank, double alpha, double dropout, List<String> targets)
        implements MethodSpec {
    public static final int DEFAULT_RANK = 16;
    public static final double DEFAULT_DROPOUT = 0;

    /** Every linear layer of a Llama-family decoder block. */
    public static final List<String> ALL_LINEAR =
            List.of("q_proj", "k_proj", "v_proj", "o_proj", "gate_proj", "up_proj", "down_proj");

    public LoraSpec {
        targets = List.copyOf(targets);
        require(rank >= 1 && rank <= 1024, "rank must be from 1 to 1024, got %s", rank);
        require(alpha > 0, "alpha must be above 0, got %s", alpha);
        require(dropout >= 0 && dropout < 1, "dropout must be from 0 to below 1, got %s", dropout);
        require(!targets.isEmpty(), "targets needs at least one layer name");
        for (String target : targets) {
            require(
                    ALL_LINEAR.contains(target),
                    "targets knows %s, got '%s'",
                    String.join(", ", ALL_LINEAR),
                    target);
        }
    }

    /** LoRA as in a file that says only {@code method lora()}. */
    public static LoraSpec standard() {
        return new LoraSpec(DEFAULT_RANK, 2 * DEFAULT_RANK, DEFAULT_DROPOUT, ALL_LINEAR);
    }
}
