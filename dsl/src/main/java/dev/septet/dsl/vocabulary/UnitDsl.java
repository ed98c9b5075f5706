package dev.septet.dsl.vocabulary;

import dev.septet.dsl.vocabulary.word.DataSize;
import dev.septet.dsl.vocabulary.word.Frequency;
import dev.septet.dsl.vocabulary.word.Percent;
import dev.septet.dsl.vocabulary.word.Refusal;
import dev.septet.dsl.vocabulary.word.RowCount;
import dev.septet.dsl.vocabulary.word.StepCount;
import java.math.BigDecimal;
import java.time.Duration;

/** The units that may follow a number and a dot. */
public final class UnitDsl {
    /** The largest duration: 100 years of 365 days. */
    private static final BigDecimal MAX_SECONDS = BigDecimal.valueOf(86_400L * 365 * 100);

    public UnitDsl() {}

    /** A share in percent; 100.percent is the whole. */
    public Percent percent(BigDecimal number) {
        return new Percent(number.doubleValue());
    }

    /** Optimizer steps. */
    public StepCount steps(BigDecimal number) {
        try {
            return new StepCount(number.intValueExact());
        } catch (ArithmeticException e) {
            throw new Refusal("steps are counted in whole numbers", "");
        }
    }

    /** An optimizer step; the same as steps. */
    public StepCount step(BigDecimal number) {
        return steps(number);
    }

    /** Rows of a dataset. */
    public RowCount rows(BigDecimal number) {
        try {
            return new RowCount(number.intValueExact());
        } catch (ArithmeticException e) {
            throw new Refusal("rows are counted in whole numbers", "");
        }
    }

    /** This many times in any 24 hours. */
    public Frequency perDay(BigDecimal number) {
        return frequency(number, 1);
    }

    /** This many times in any 7 days. */
    public Frequency perWeek(BigDecimal number) {
        return frequency(number, 7);
    }

    /** This many times in any 30 days. */
    public Frequency perMonth(BigDecimal number) {
        return frequency(number, 30);
    }

    /** A second. */
    public Duration seconds(BigDecimal number) {
        return duration(number, 1);
    }

    /** A second; the same as seconds. */
    public Duration second(BigDecimal number) {
        return seconds(number);
    }

    /** 60 seconds. */
    public Duration minutes(BigDecimal number) {
        return duration(number, 60);
    }

    /** 60 seconds; the same as minutes. */
    public Duration minute(BigDecimal number) {
        return minutes(number);
    }

    /** 60 minutes. */
    public Duration hours(BigDecimal number) {
        return duration(number, 3_600);
    }

    /** 60 minutes; the same as hours. */
    public Duration hour(BigDecimal number) {
        return hours(number);
    }

    /** 24 hours. */
    public Duration days(BigDecimal number) {
        return duration(number, 86_400);
    }

    /** 24 hours; the same as days. */
    public Duration day(BigDecimal number) {
        return days(number);
    }

    /** 1024 bytes. */
    public DataSize kb(BigDecimal number) {
        return size(number, 10);
    }

    /** 1024 kb. */
    public DataSize mb(BigDecimal number) {
        return size(number, 20);
    }

    /** 1024 mb. */
    public DataSize gb(BigDecimal number) {
        return size(number, 30);
    }

    /** A thousand times the number. */
    public BigDecimal thousand(BigDecimal number) {
        return number.scaleByPowerOfTen(3);
    }

    /** A million times the number. */
    public BigDecimal million(BigDecimal number) {
        return number.scaleByPowerOfTen(6);
    }

    /** A thousand million times the number. */
    public BigDecimal billion(BigDecimal number) {
        return number.scaleByPowerOfTen(9);
    }

    private static Frequency frequency(BigDecimal number, int days) {
        try {
            return new Frequency(number.intValueExact(), Duration.ofDays(days));
        } catch (ArithmeticException e) {
            throw new Refusal("times are counted in whole numbers", "");
        }
    }

    private static Duration duration(BigDecimal number, long seconds) {
        BigDecimal whole = number.multiply(BigDecimal.valueOf(seconds));
        Refusal.unless(whole.signum() >= 0, "a duration cannot be negative");
        Refusal.unless(whole.compareTo(MAX_SECONDS) <= 0, "a duration cannot be longer than 100 years");
        return Duration.ofMillis(whole.movePointRight(3).longValue());
    }

    private static DataSize size(BigDecimal number, int power) {
        BigDecimal bytes = number.multiply(BigDecimal.valueOf(1L << power));
        Refusal.unless(bytes.signum() >= 0, "a data size cannot be negative");
        Refusal.unless(
                bytes.compareTo(BigDecimal.valueOf(1L << 60)) <= 0,
                "a data size cannot be above a thousand million gb");
        return new DataSize(bytes.longValue());
    }
}
