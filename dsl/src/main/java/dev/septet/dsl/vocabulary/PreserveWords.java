package dev.septet.dsl.vocabulary;

import dev.septet.dsl.pipeline.train.PreserveSpec;
import dev.septet.dsl.vocabulary.word.LiteralText;
import dev.septet.dsl.vocabulary.word.Percent;
import dev.septet.dsl.vocabulary.word.Refusal;
import dev.septet.dsl.vocabulary.word.RowCount;
import org.jspecify.annotations.Nullable;

/** Collects the statements {@code preserve} and {@code unfreeze} of a train block. */
final class PreserveWords {
    private @Nullable String from;
    private @Nullable Double replay;
    private @Nullable Double l2sp;
    private @Nullable Double ewc;
    private @Nullable Integer ewcRows;
    private @Nullable Integer unfreezeEvery;

    /** Adds one {@code preserve} statement, which sets one way to preserve. */
    void add(
            @Nullable Percent share,
            @Nullable Double pull,
            @Nullable Double weighted,
            @Nullable String path,
            @Nullable RowCount rows) {
        int count = (share == null ? 0 : 1) + (pull == null ? 0 : 1) + (weighted == null ? 0 : 1);
        Refusal.unless(
                count == 1,
                count == 0
                        ? "preserve needs replay:, l2sp: or ewc:"
                        : "preserve takes one of replay:, l2sp: and ewc:; write one line for each");
        Refusal.unless(
                (path == null) == (pull != null),
                pull != null
                        ? "preserve l2sp: reads no rows, so it takes no from:"
                        : "preserve %s: needs from:, a dataset of general skills",
                share != null ? "replay" : "ewc");
        Refusal.unless(rows == null || weighted != null, "rows: belongs to preserve ewc: only");
        Refusal.unless(
                path == null || from == null || path.equals(from),
                "preserve reads one general set, but from: names two");
        from = path == null ? from : path;
        if (share != null) {
            requireUnset(replay, "replay");
            Refusal.unless(
                    share.value() > 0 && share.value() < 100,
                    "preserve replay: must be above 0 and below 100.percent, got %s.percent",
                    LiteralText.of(share.value()));
            replay = share.fraction();
        }
        if (pull != null) {
            requireUnset(l2sp, "l2sp");
            l2sp = positive(pull, "l2sp");
        }
        if (weighted != null) {
            requireUnset(ewc, "ewc");
            ewc = positive(weighted, "ewc");
            ewcRows = rows == null ? PreserveSpec.DEFAULT_EWC_ROWS : rows.count();
            Refusal.unless(ewcRows >= 1, "rows: must be at least 1.row, got %s", ewcRows);
        }
    }

    void unfreeze(int every) {
        unfreezeEvery = every;
    }

    private static void requireUnset(@Nullable Double value, String option) {
        Refusal.unless(value == null, "preserve %s: is set twice", option);
    }

    private static double positive(double strength, String option) {
        Refusal.unless(strength > 0, "preserve %s: must be above 0, got %s", option, LiteralText.of(strength));
        return strength;
    }

    @Nullable
    PreserveSpec spec() {
        boolean nothing = replay == null && l2sp == null && ewc == null && unfreezeEvery == null;
        return nothing ? null : new PreserveSpec(from, replay, l2sp, ewc, ewcRows, unfreezeEvery);
    }
}
