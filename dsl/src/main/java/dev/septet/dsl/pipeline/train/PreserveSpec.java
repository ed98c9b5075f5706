package dev.septet.dsl.pipeline.train;

import static dev.septet.dsl.pipeline.Checks.require;

import com.fasterxml.jackson.annotation.JsonInclude;
import org.jspecify.annotations.Nullable;

/**
 * How training preserves a model's earlier skills while the model learns a new one.
 *
 * @param from path of a dataset of general skills; null when neither replay nor ewc is set
 * @param replay share of each epoch's learned tokens that come from the general dataset; null = none
 * @param l2sp strength of the pull towards the base model's weights; null = none
 * @param ewc strength of the same pull, where each weight counts by its importance for the general dataset; null = none
 * @param ewcRows the number of general rows that this importance is measured on
 * @param unfreezeEvery optimizer steps after which the next lower block is trained too; null = all blocks from the
 *     beginning
 * @see <a href="https://arxiv.org/abs/1802.01483">L2-SP: Li, Grandvalet and Davoine, 2018</a>
 * @see <a href="https://arxiv.org/abs/1612.00796">EWC: Kirkpatrick et al., 2017</a>
 * @see <a href="https://arxiv.org/abs/1801.06146">Unfreezing: Howard and Ruder, 2018</a>
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
public record PreserveSpec(
        @Nullable String from,
        @Nullable Double replay,
        @Nullable Double l2sp,
        @Nullable Double ewc,
        @Nullable Integer ewcRows,
        @Nullable Integer unfreezeEvery) {
    public static final int DEFAULT_EWC_ROWS = 200;

    /** The largest number of steps between two blocks. */
    public static final int LATEST = 1_000_000;

    public PreserveSpec {
        require(from == null || !from.isBlank(), "preserve from: needs a path");
        require(from != null || (replay == null && ewc == null), "preserve replay: and preserve ewc: need from:");
        require(replay == null || (replay > 0 && replay < 1), "preserve replay: must be above 0 and below 100.percent");
        require(l2sp == null || l2sp > 0, "preserve l2sp: must be above 0, got %s", l2sp);
        require(ewc == null || ewc > 0, "preserve ewc: must be above 0, got %s", ewc);
        require(ewcRows == null || (ewc != null && ewcRows >= 1), "preserve ewc: needs at least 1.row");
        require(unfreezeEvery == null || unfreezeEvery >= 1, "unfreeze gradually: must be at least 1.step");
        require(
                unfreezeEvery == null || unfreezeEvery <= LATEST,
                "unfreeze gradually: must be at most %s.steps",
                LATEST);
    }
}
