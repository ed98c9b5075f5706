package dev.septet.llm.train.plan;

import dev.septet.llm.train.Fisher;

/**
 * Capability retention: what preserves a model's earlier skills while it learns a new one.
 *
 * @param replay share of an epoch's loss-carrying tokens that come from rows of the general set; at
 *     least 0 and below 1
 * @param l2sp alpha of {@code alpha / 2 ||w - w0||^2} over the trained weights w with initial
 *     values w0; 0 for none. For low-rank methods, w is the merged matrix. Li et al., 2018
 * @param ewc lambda of {@code lambda / 2 sum F_i (w_i - w0_i)^2}, with F from {@link Fisher}; 0 for
 *     none. For low-rank methods, w is the merged matrix. Kirkpatrick et al., 2017
 * @param unfreezeEvery number of updates after which the next lower block is unfrozen; 0 trains all
 *     blocks from the beginning. Howard and Ruder, 2018
 * @see <a href="https://arxiv.org/abs/1802.01483">Li, Grandvalet and Davoine, 2018</a>
 * @see <a href="https://arxiv.org/abs/1612.00796">Kirkpatrick et al., 2017</a>
 * @see <a href="https://arxiv.org/abs/1801.06146">Howard and Ruder, 2018</a>
 */
public record CapabilityRetention(double replay, double l2sp, double ewc, int unfreezeEvery) {
    /** No capability retention. */
    public static final CapabilityRetention NONE = new CapabilityRetention(0, 0, 0, 0);

    public CapabilityRetention {
        if (!(replay >= 0 && replay < 1) || !(l2sp >= 0) || !(ewc >= 0) || unfreezeEvery < 0) {
            throw new IllegalArgumentException(
                    "replay must be from 0 to below 1, l2sp, ewc and unfreezeEvery at least 0");
        }
    }

    /** Whether a weight regularizer pulls weights towards their initial values. */
    public boolean regularizesWeights() {
        return l2sp > 0 || ewc > 0;
    }
}
