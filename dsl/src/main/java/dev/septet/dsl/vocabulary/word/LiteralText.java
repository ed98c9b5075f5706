package dev.septet.dsl.vocabulary.word;

import java.math.BigDecimal;
import java.math.MathContext;
import java.time.Duration;

/** Formats values as an author writes them in a pipeline file. */
public final class LiteralText {
    private LiteralText() {}

    /** Formats a number: {@code 0.05}, {@code 12}, {@code 1e-8}. */
    public static String of(double number) {
        return of(new BigDecimal(number, new MathContext(12)));
    }

    /** Formats a number: {@code 0.05}, {@code 12}, {@code 1e-8}. */
    public static String of(BigDecimal number) {
        BigDecimal exact = number.stripTrailingZeros();
        int exponent = exact.precision() - exact.scale() - 1;
        if (exact.signum() == 0 || (exponent >= -3 && exponent < 20)) {
            return exact.toPlainString();
        }
        return exact.scaleByPowerOfTen(-exponent).toPlainString() + "e" + exponent;
    }

    /** Formats a duration such as {@code 90.minutes}, in the largest unit that needs no fraction. */
    public static String of(Duration duration) {
        long millis = duration.toMillis();
        if (millis % 86_400_000 == 0 && millis > 0) {
            return millis / 86_400_000 + ".days";
        } else if (millis % 3_600_000 == 0 && millis > 0) {
            return millis / 3_600_000 + ".hours";
        } else if (millis % 60_000 == 0 && millis > 0) {
            return millis / 60_000 + ".minutes";
        }
        return of(BigDecimal.valueOf(millis, 3)) + ".seconds";
    }

    /** Formats a frequency such as {@code 2.perWeek}. */
    public static String of(Frequency frequency) {
        long days = frequency.per().toDays();
        return frequency.count() + (days == 1 ? ".perDay" : days == 7 ? ".perWeek" : ".perMonth");
    }

    /** Formats a data size such as {@code 500.mb}, in the largest unit that needs no fraction. */
    public static String of(DataSize size) {
        long bytes = size.bytes();
        if (bytes % (1L << 30) == 0) {
            return (bytes >> 30) + ".gb";
        } else if (bytes % (1L << 20) == 0) {
            return (bytes >> 20) + ".mb";
        }
        return of(bytes / 1024.0) + ".kb";
    }
}
