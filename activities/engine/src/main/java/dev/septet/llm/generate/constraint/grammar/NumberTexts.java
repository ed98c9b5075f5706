package dev.septet.llm.generate.constraint.grammar;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.math.RoundingMode;
import org.jspecify.annotations.Nullable;

/**
 * The JSON numbers within bounds. Integers have at most 18 digits, so that they fit into 64 bits.
 * Other numbers have at most 18 digits before the point and 17 behind it; an exponent only without
 * bounds.
 */
public final class NumberTexts {
    private static final int DIGITS = 18;
    private static final int FRACTION = 17;
    private static final int LIMIT = 4_000;

    private NumberTexts() {}

    /**
     * A bound.
     *
     * @param inclusive whether the value itself is allowed
     */
    public record Bound(BigDecimal value, boolean inclusive) {}

    /**
     * The numbers within bounds.
     *
     * @param fraction most digits behind the point; 0 for integers
     * @throws GrammarProblem when there is none
     */
    public static ByteDfa between(@Nullable Bound low, @Nullable Bound high, int fraction) {
        int digits = Math.min(fraction, FRACTION);
        ByteNfa nfa = new ByteNfa();
        if (low == null && high == null && fraction > FRACTION) {
            unbounded(nfa);
            return nfa.deterministic(LIMIT);
        }
        BigDecimal most = BigDecimal.TEN.pow(DIGITS);
        Bound from = clipped(low, most.negate());
        Bound to = clipped(high, most);
        require(from);
        require(to);
        Bound zero = new Bound(BigDecimal.ZERO, true);
        if (to.value().signum() >= 0) {
            nonNegative(nfa, 0, from.value().signum() < 0 ? zero : from, to, digits);
        }
        if (from.value().signum() < 0) {
            int sign = nfa.text(0, "-");
            Bound least = to.value().signum() < 0
                    ? new Bound(to.value().negate(), to.inclusive())
                    : new Bound(BigDecimal.ZERO, false); // no -0
            nonNegative(nfa, sign, least, new Bound(from.value().negate(), from.inclusive()), digits);
        }
        return nfa.deterministic(LIMIT);
    }

    private static Bound clipped(@Nullable Bound bound, BigDecimal most) {
        if (bound == null) {
            return new Bound(most, false);
        }
        int order = bound.value().compareTo(most);
        return (most.signum() > 0 ? order >= 0 : order <= 0) ? new Bound(most, false) : bound;
    }

    private static void require(Bound bound) {
        if (bound.value().stripTrailingZeros().scale() > FRACTION) {
            throw new GrammarProblem("has a bound with more than " + FRACTION + " digits behind the point");
        }
    }

    private static void unbounded(ByteNfa nfa) {
        int start = nfa.state();
        nfa.free(0, start);
        nfa.free(nfa.text(0, "-"), start);
        int whole = nfa.state();
        nfa.add(start, '0', '0', whole);
        int digit = nfa.state();
        nfa.add(start, '1', '9', digit);
        for (int i = 1; i < DIGITS; i++) {
            nfa.free(digit, whole);
            int next = nfa.state();
            nfa.add(digit, '0', '9', next);
            digit = next;
        }
        nfa.free(digit, whole);
        int end = nfa.state();
        nfa.free(whole, end);
        int fraction = nfa.text(whole, ".");
        for (int i = 0; i < FRACTION; i++) {
            int next = nfa.state();
            nfa.add(fraction, '0', '9', next);
            nfa.free(next, end);
            fraction = next;
        }
        nfa.accept(end);
        int exponent = nfa.state();
        nfa.add(end, 'e', 'e', exponent);
        nfa.add(end, 'E', 'E', exponent);
        int power = nfa.state();
        nfa.free(exponent, power);
        nfa.add(exponent, '+', '+', power);
        nfa.add(exponent, '-', '-', power);
        int first = nfa.state();
        int second = nfa.state();
        nfa.add(power, '0', '9', first);
        nfa.add(first, '0', '9', second);
        nfa.accept(first);
        nfa.accept(second);
    }

    /** Numbers of at least 0 within bounds, for each number of digits before the point. */
    private static void nonNegative(ByteNfa nfa, int from, Bound low, Bound high, int fraction) {
        BigDecimal below = low.value().setScale(0, RoundingMode.DOWN);
        BigDecimal above = high.value().setScale(0, RoundingMode.DOWN);
        int least = digits(below.toBigInteger());
        int most = digits(above.toBigInteger());
        for (int length = least; length <= Math.min(most, DIGITS); length++) {
            Digits lower = length == least ? Digits.of(low, length) : null;
            Digits upper = length == most ? Digits.of(high, length) : null;
            new Builder(nfa, length, fraction, lower, upper, low.inclusive(), high.inclusive()).add(from);
        }
    }

    private static int digits(BigInteger value) {
        return value.toString().length();
    }

    /** Digits of a bound, those behind the point after those before it, without zeros at the end. */
    private record Digits(String text) {
        static Digits of(Bound bound, int length) {
            BigDecimal value = bound.value().stripTrailingZeros();
            String plain = value.setScale(Math.max(0, value.scale()), RoundingMode.UNNECESSARY)
                    .toPlainString();
            int point = plain.indexOf('.');
            String whole = point < 0 ? plain : plain.substring(0, point);
            String rest = point < 0 ? "" : plain.substring(point + 1);
            return new Digits("0".repeat(length - whole.length()) + whole + rest);
        }

        char at(int index) {
            return index < text.length() ? text.charAt(index) : '0';
        }

        /** Whether all digits from an index on are 0. */
        boolean endsAt(int index) {
            for (int i = index; i < text.length(); i++) {
                if (text.charAt(i) != '0') {
                    return false;
                }
            }
            return true;
        }
    }

    /** Numbers with a fixed number of digits before the point. */
    private static final class Builder {
        private final ByteNfa nfa;
        private final int length;
        private final int fraction;
        private final @Nullable Digits low;
        private final @Nullable Digits high;
        private final boolean withLow;
        private final boolean withHigh;
        private final int[][] states;

        Builder(
                ByteNfa nfa,
                int length,
                int fraction,
                @Nullable Digits low,
                @Nullable Digits high,
                boolean withLow,
                boolean withHigh) {
            this.nfa = nfa;
            this.length = length;
            this.fraction = fraction;
            this.low = low;
            this.high = high;
            this.withLow = withLow;
            this.withHigh = withHigh;
            this.states = new int[length + fraction + 1][4];
        }

        void add(int from) {
            visit(0, low != null, high != null, from);
        }

        /**
         * Adds the steps after some digits.
         *
         * @param tightLow whether these digits are those of the lower bound
         * @param tightHigh whether these digits are those of the upper bound
         */
        private void visit(int digits, boolean tightLow, boolean tightHigh, int state) {
            if (digits >= length && ends(digits, tightLow, tightHigh)) {
                nfa.accept(state);
            }
            if (digits == length + fraction) {
                return;
            }
            int from = digits == length ? nfa.text(state, ".") : state;
            Digits lower = tightLow ? low : null;
            Digits upper = tightHigh ? high : null;
            char first = lower == null ? '0' : lower.at(digits);
            char last = upper == null ? '9' : upper.at(digits);
            if (digits == 0 && length > 1 && first == '0') {
                first = '1';
            }
            for (char digit = first; digit <= last; digit++) {
                boolean stillLow = lower != null && digit == lower.at(digits);
                boolean stillHigh = upper != null && digit == upper.at(digits);
                int key = (stillLow ? 1 : 0) + (stillHigh ? 2 : 0);
                int known = states[digits + 1][key];
                int to = known;
                if (known == 0) {
                    to = nfa.state();
                    states[digits + 1][key] = to;
                    visit(digits + 1, stillLow, stillHigh, to);
                }
                nfa.add(from, digit, digit, to);
            }
        }

        private boolean ends(int digits, boolean tightLow, boolean tightHigh) {
            // A shorter text stands for zeros.
            boolean aboveLow = !tightLow || low == null || (low.endsAt(digits) && withLow);
            boolean belowHigh = !tightHigh || high == null || !high.endsAt(digits) || withHigh;
            return aboveLow && belowHigh;
        }
    }
}
