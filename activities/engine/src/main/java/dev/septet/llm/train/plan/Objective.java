package dev.septet.llm.train.plan;

/** What a training makes smaller. */
public sealed interface Objective {
    /** How many neighbouring rows of a dataset make one example. */
    int rows();

    /** Whether answers are compared with those of the model that training began with. */
    default boolean compares() {
        return rows() == 2;
    }

    /** Cross-entropy: -log p of every token that carries loss; each counts alike. */
    record Likelihood() implements Objective {
        @Override
        public int rows() {
            return 1;
        }
    }

    /**
     * Direct preference optimisation: {@code -log sigmoid(r(chosen) - r(rejected))} with the reward
     * {@code r = beta (log p(answer) - log p_start(answer))}; each pair counts alike.
     *
     * @param beta how much a change of the log-probability counts; above 0
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
