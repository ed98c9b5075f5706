package dev.septet.activities.prepare.split;

import dev.septet.dsl.text.PublicText;
import java.util.Optional;

/** What too few held-out rows mean for the figures that are measured on them. */
public final class LowData {
    /** With fewer test rows, a share of right answers is uncertain by more than 10 points. */
    static final long FEW_TEST_ROWS = 100;

    /** With fewer validation rows, one of them can decide when the training stops. */
    static final long FEW_VALIDATION_ROWS = 10;

    /** Standard errors of a 95 % confidence interval. */
    private static final double Z = 1.96;

    private LowData() {}

    /**
     * A warning about the test rows; empty when they are enough. The figure is the half width of the normal confidence
     * interval of a share of 50 %: z sqrt(p (1 - p) / n).
     */
    public static Optional<PublicText> ofTest(long rows) {
        return rows == 0 || rows >= FEW_TEST_ROWS
                ? Optional.empty()
                : Optional.of(PublicText.of(
                        "only %d test rows: a share of right answers is uncertain by up to %d points (95 %%"
                                + " confidence)",
                        rows, Math.round(100 * Z * Math.sqrt(0.25 / rows))));
    }

    /** A warning about the validation rows; empty when they are enough, or when there are none. */
    public static Optional<PublicText> ofValidation(long rows) {
        return rows == 0 || rows >= FEW_VALIDATION_ROWS
                ? Optional.empty()
                : Optional.of(PublicText.of("only %d validation rows: one of them changes the validation loss", rows));
    }
}
