package dev.septet.llm.train.plan;

/** The training objective: the loss that training minimizes. */
public sealed interface Objective {
    /** Number of adjacent rows of a dataset that form one example. */
    int rows();

    /** Whether answers are compared with those of the reference model. */
    default boolean compares() {
        return rows() == 2;
    }

    /** Cross-entropy: -log p of every loss-carrying token; all tokens have the same weight. */
    record Likelihood() implements Objective {
        @Override
        public int rows() {
            return 1;
        }
    }

    /**
     * Direct preference optimization (DPO): {@code -log sigmoid(r(chosen) - r(rejected))} with the
     * reward {@code r = beta (log p(answer) - log p_reference(answer))}; all pairs have the same
     * weight.
     *
     * @param beta strength of the penalty for leaving the reference model; above 0
     * @see <a href="https://arxiv.org/abs/2305.18290">Rafailov et al., 2023</a>
     */
    record Dpo(double beta) implements Objective {
        public Dpo {
            if (!(beta > 0)) {
                throw new IllegalArgumentException("beta must be above 0, is " + beta);
            }
        }

        @Override
        public int rows() {
            return 2;
        }
    }
}
