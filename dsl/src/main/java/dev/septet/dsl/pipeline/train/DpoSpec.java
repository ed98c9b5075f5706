package dev.septet.dsl.pipeline.train;

import static dev.septet.dsl.pipeline.Checks.require;

import dev.septet.dsl.pipeline.prepare.DatasetFormat;

/**
 * Direct preference optimisation (DPO): makes chosen answers more likely than rejected ones. Beta limits how far the
 * model moves from its start.
 *
 * @param beta how strongly a change of the log-probability is penalized: large = stay near the start
 * @see <a href="https://arxiv.org/abs/2305.18290">Rafailov et al., 2023</a>
 */
public record DpoSpec(double beta) implements ObjectiveSpec {
    public static final DpoSpec DEFAULT = new DpoSpec(0.1);

    public DpoSpec {
        require(beta > 0, "beta must be above 0, got %s", beta);
    }

    @Override
    public boolean learns(DatasetFormat format) {
        return format.pairs();
    }

    @Override
    public String learned() {
        return "dpo learns pairs of a chosen and a rejected answer";
    }

    @Override
    public String words() {
        return "direct preference optimisation (dpo), beta " + beta;
    }
}
