package dev.septet.activities.evaluate.metric.value;

import dev.septet.activities.evaluate.metric.MeanOfRows;
import dev.septet.activities.evaluate.metric.Metric;
import dev.septet.dsl.pipeline.evaluate.MetricArguments;
import java.math.BigDecimal;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Fraction of answers whose final number is that of the reference. The final number is the first one behind the last
 * {@code ####} of a text, as in GSM8K, or else the last number of the text. Commas between groups of three digits do not
 * count. A minus sign behind a letter or a digit is an operator. An answer without a number is wrong. A reference without
 * one is refused.
 *
 * @see <a href="https://arxiv.org/abs/2110.14168">Cobbe et al., 2021</a>
 */
public final class NumericAnswer extends MeanOfRows {
    private static final String MARK = "####";
    private static final Pattern NUMBER = Pattern.compile("(?<![\\p{L}\\p{Nd}.])[-\u2212]?+\\p{Sc}?+"
            + "(?:[0-9]{1,3}(?:,[0-9]{3})++(?![0-9])|[0-9]++)(?:\\.[0-9]++)?+(?:[eE][-+]?[0-9]{1,3}(?![0-9]))?+"
            + "|(?<![0-9])\\.[0-9]++|[0-9]++(?:\\.[0-9]++)?+");

    /** More digits, or a larger exponent, are no number that a person means. */
    private static final int MOST_CHARACTERS = 60;

    private final BigDecimal tolerance;

    /** Without a tolerance. */
    public NumericAnswer() {
        this(BigDecimal.ZERO);
    }

    private NumericAnswer(BigDecimal tolerance) {
        this.tolerance = tolerance;
    }

    @Override
    public String name() {
        return "numericAnswer";
    }

    @Override
    public Metric with(MetricArguments arguments) {
        return new NumericAnswer(BigDecimal.valueOf(Objects.requireNonNull(arguments.tolerance())));
    }

    @Override
    protected double row(String reference, String answer) {
        Optional<BigDecimal> expected = number(reference);
        Optional<BigDecimal> found = number(answer);
        return expected.isPresent()
                        && found.isPresent()
                        && expected.get().subtract(found.get()).abs().compareTo(tolerance) <= 0
                ? 1
                : 0;
    }

    @Override
    public Optional<Misfit> misfit(List<String> references) {
        for (int row = 0; row < references.size(); row++) {
            if (number(references.get(row)).isEmpty()) {
                return Optional.of(new Misfit(
                        row,
                        "has no number in its answer, but numericAnswer compares numbers",
                        "write the number behind `####` or at the end of the answer, or use another metric"));
            }
        }
        return Optional.empty();
    }

    /** The final number of a text. */
    static Optional<BigDecimal> number(String text) {
        int mark = text.lastIndexOf(MARK);
        Matcher numbers = NUMBER.matcher(mark < 0 ? text : text.substring(mark + MARK.length()));
        String last = null;
        while (numbers.find()) {
            last = numbers.group();
            if (mark >= 0) {
                break;
            }
        }
        return last == null || last.length() > MOST_CHARACTERS ? Optional.empty() : Optional.of(parsed(last));
    }

    private static BigDecimal parsed(String number) {
        String plain = number.replace('\u2212', '-').replaceAll("[,\\p{Sc}]", "");
        return new BigDecimal(plain.startsWith(".") ? "0" + plain : plain);
    }
}
