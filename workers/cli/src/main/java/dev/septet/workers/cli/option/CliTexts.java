package dev.septet.workers.cli.option;

import dev.septet.workflows.Progress;
import dev.septet.workflows.artifact.Score;
import java.util.Locale;

/** Formats numbers for people, in the same way in every locale. */
public final class CliTexts {
    private CliTexts() {}

    /** {@code 12.3 MB}, in powers of 1000. */
    public static String bytes(long bytes) {
        String[] units = {"B", "kB", "MB", "GB", "TB"};
        double value = bytes;
        int unit = 0;
        while (value >= 999.95 && unit < units.length - 1) {
            value /= 1000;
            unit++;
        }
        return unit == 0 ? bytes + " B" : String.format(Locale.ROOT, "%.1f %s", value, units[unit]);
    }

    /** A score, with enough digits to distinguish two scores. */
    public static String score(double value) {
        double size = Math.abs(value);
        return size >= 100 && size < 1e6 ? String.format(Locale.ROOT, "%.1f", value) : Score.figures(value);
    }

    /** {@code loss 0.4123}. */
    public static String loss(Progress progress) {
        Double loss = progress.loss();
        return loss == null ? "" : String.format(Locale.ROOT, "  loss %.4f", loss);
    }

    /** {@code loss 0.4123 1,834 tokens/s}. */
    public static String rates(Progress progress) {
        Double speed = progress.tokensPerSecond();
        return loss(progress) + (speed == null ? "" : String.format(Locale.ROOT, "  %,d tokens/s", Math.round(speed)));
    }
}
