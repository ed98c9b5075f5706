package dev.septet.activities.evaluate.gate;

/**
 * The choices that no other choice dominates: none costs at most as much and is at least as good, and is better in one of
 * the two. Equal choices do not dominate each other. A choice with a number that is missing is never on the front.
 *
 * @see <a href="https://doi.org/10.1145/321906.321910">Kung, Luccio and Preparata, 1975: On finding the maxima of a set of
 *     vectors</a>
 */
public final class ParetoFront {
    private ParetoFront() {}

    /**
     * Whether each choice is on the front.
     *
     * @param costs cost of each choice, such as its size in bytes; less is better
     * @param values value of each choice
     */
    public static boolean[] of(double[] costs, double[] values, boolean lowerIsBetter) {
        boolean[] front = new boolean[costs.length];
        for (int at = 0; at < costs.length; at++) {
            front[at] = !Double.isNaN(costs[at]) && !Double.isNaN(values[at]);
            for (int other = 0; other < costs.length && front[at]; other++) {
                front[at] = !dominates(costs, values, lowerIsBetter, other, at);
            }
        }
        return front;
    }

    private static boolean dominates(double[] costs, double[] values, boolean lowerIsBetter, int one, int other) {
        boolean better = lowerIsBetter ? values[one] < values[other] : values[one] > values[other];
        boolean asGood = better || values[one] == values[other];
        return asGood && costs[one] <= costs[other] && (better || costs[one] < costs[other]);
    }
}
