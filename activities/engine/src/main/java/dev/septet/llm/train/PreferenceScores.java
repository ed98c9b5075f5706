package dev.septet.llm.train;

/**
 * How well a model separates chosen from rejected answers, by their rewards; see {@link
 * Objective.Dpo}.
 *
 * @param accuracy share of the pairs whose chosen answer has the higher reward
 * @param margin mean difference between the chosen answer's reward and the rejected one's
 */
public record PreferenceScores(double accuracy, double margin) {
    /** The scores of rows in pairs: chosen, rejected, chosen, rejected and so on. */
    static PreferenceScores of(double[] rewards) {
        int pairs = rewards.length / 2;
        int right = 0;
        double sum = 0;
        for (int pair = 0; pair < pairs; pair++) {
            double margin = rewards[2 * pair] - rewards[2 * pair + 1];
            right += margin > 0 ? 1 : 0;
            sum += margin;
        }
        return new PreferenceScores((double) right / pairs, sum / pairs);
    }
}
