package dev.septet.activities.evaluate.metric;

import java.util.List;

/** ROUGE-N: overlap of n-grams. */
abstract class RougeN extends Rouge {
    private final int n;

    RougeN(int n) {
        this.n = n;
    }

    @Override
    public final String name() {
        return "rouge" + n;
    }

    @Override
    final double f1(List<String> reference, List<String> answer) {
        return f1(
                NGrams.shared(NGrams.of(answer, n), NGrams.of(reference, n)),
                Math.max(0, answer.size() - n + 1),
                Math.max(0, reference.size() - n + 1));
    }
}
