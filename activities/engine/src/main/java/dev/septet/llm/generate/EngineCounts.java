package dev.septet.llm.generate;

/**
 * What an engine does and did, at one moment.
 *
 * @param waiting requests without a row
 * @param running requests being answered
 * @param ended requests that were answered, cancelled or failed
 * @param steps passes through the model
 * @param prompt tokens of the prompts of ended requests
 * @param reused those of them that were not computed again
 * @param answer tokens of their answers
 * @param drafted tokens guessed ahead
 * @param accepted those that the model would have written itself
 * @param kept tokens that there is memory for in the sequences kept of ended requests
 */
public record EngineCounts(
        int waiting,
        int running,
        long ended,
        long steps,
        long prompt,
        long reused,
        long answer,
        long drafted,
        long accepted,
        long kept) {
    static final EngineCounts NOTHING = new EngineCounts(0, 0, 0, 0, 0, 0, 0, 0, 0, 0);

    EngineCounts plus(Usage usage) {
        return new EngineCounts(
                waiting,
                running,
                ended + 1,
                steps,
                prompt + usage.prompt(),
                reused + usage.reused(),
                answer + usage.answer(),
                drafted + usage.drafted(),
                accepted + usage.accepted(),
                kept);
    }

    EngineCounts now(int waitingNow, int runningNow, long stepsNow, long keptNow) {
        return new EngineCounts(
                waitingNow, runningNow, ended, stepsNow, prompt, reused, answer, drafted, accepted, keptNow);
    }
}
