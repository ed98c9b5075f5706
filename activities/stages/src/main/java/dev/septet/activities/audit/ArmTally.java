package dev.septet.activities.audit;

import java.util.List;

/**
 * How one arm of a trial did.
 *
 * @param answers requests that reached it, failed ones among them
 * @param errors requests that failed
 * @param refusals answers that decline to answer
 * @param thumbsUp feedback on its answers
 * @param thumbsDown thumbs down, and corrections without a thumb
 * @param millis how long each answer took that did not fail, sorted
 * @param lengths characters of each answer that did not fail, sorted
 */
public record ArmTally(
        long answers,
        long errors,
        long refusals,
        long thumbsUp,
        long thumbsDown,
        List<Long> millis,
        List<Integer> lengths) {
    /** Nothing seen yet. */
    public static final ArmTally NONE = new ArmTally(0, 0, 0, 0, 0, List.of(), List.of());

    public ArmTally {
        millis = millis.stream().sorted().toList();
        lengths = lengths.stream().sorted().toList();
    }

    /** Milliseconds that a share of the answers stayed within; 0 without any. */
    public long latency(double share) {
        return millis.isEmpty() ? 0 : millis.get(Math.max(0, (int) Math.ceil(share * millis.size()) - 1));
    }

    /** The share that failed; 0 without any. */
    public double errorRate() {
        return answers == 0 ? 0 : (double) errors / answers;
    }
}
