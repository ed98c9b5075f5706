package dev.septet.llm.generate;

/**
 * An engine's counters at one moment.
 *
 * @param waiting requests without a row
 * @param running requests being answered
 * @param ended requests that were answered, cancelled or failed
 * @param steps forward passes of the model
 * @param prompt prompt tokens of ended requests
 * @param reused prompt tokens of ended requests that came from the prefix cache
 * @param answer answer tokens of ended requests
 * @param drafted drafted tokens
 * @param accepted drafted tokens that the model accepted
 * @param cached tokens that the prefix cache has memory for
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
        long cached) {
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
                cached);
    }

    EngineCounts with(int waitingNow, int runningNow, long stepsNow, long cachedNow) {
        return new EngineCounts(
                waitingNow, runningNow, ended, stepsNow, prompt, reused, answer, drafted, accepted, cachedNow);
    }
}
