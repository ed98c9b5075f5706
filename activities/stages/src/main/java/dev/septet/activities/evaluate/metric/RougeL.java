package dev.septet.activities.evaluate.metric;

import java.util.List;

/** ROUGE-L: the longest common subsequence of tokens. */
public final class RougeL extends Rouge {
    @Override
    public String name() {
        return "rougeL";
    }

    @Override
    double f1(List<String> reference, List<String> answer) {
        return f1(common(reference, answer), answer.size(), reference.size());
    }

    /** Length of the longest common subsequence; keeps one row of the table at a time. */
    private static int common(List<String> one, List<String> other) {
        int[] longest = new int[other.size() + 1];
        for (String token : one) {
            int diagonal = 0;
            for (int at = 1; at < longest.length; at++) {
                int above = longest[at];
                longest[at] = token.equals(other.get(at - 1)) ? diagonal + 1 : Math.max(above, longest[at - 1]);
                diagonal = above;
            }
        }
        return longest[other.size()];
    }
}
