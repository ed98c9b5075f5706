package dev.septet.activities.audit;

import java.util.List;

/**
 * Counts and measurements of one arm of a trial.
 *
 * @param answers requests that reached the arm, including failed ones
 * @param errors requests that failed
 * @param refusals answers that decline to answer
 * @param thumbsUp thumbs-up feedback on its answers
 * @param thumbsDown thumbs-down feedback, and corrections without a thumb
 * @param millis milliseconds that each answer took, sorted; without failed requests
 * @param lengths characters of each answer, sorted; without failed requests
 */
public record ArmTally(
        long answers,
        long errors,
        long refusals,
        long thumbsUp,
        long thumbsDown,
        List<Long> millis,
        List<Integer> lengths) {
    /** An arm without any event. */
    public static final ArmTally NONE = new ArmTally(0, 0, 0, 0, 0, List.of(), List.of());

    public ArmTally {
        millis = millis.stream().sorted().toList();
        lengths = lengths.stream().sorted().toList();
    }

    /** A quantile of the answer times in milliseconds; 0 without answers. */
    public long latency(double share) {
        return millis.isEmpty() ? 0 : millis.get(Math.max(0, (int) Math.ceil(share * millis.size()) - 1));
    }

    /** The fraction of requests that failed; 0 without requests. */
    public double errorRate() {
        return answers == 0 ? 0 : (double) errors / answers;
    }
}
