package dev.septet.examples.kills;

import dev.septet.llm.runtime.CounterRandom;

/**
 * The time at which a process is killed.
 *
 * @param cue line that the process must have printed before
 * @param cues how often it must have printed the line
 * @param millis delay after the last such line
 */
record Death(String cue, int cues, long millis) {
    private static final long STARTING_MILLIS = 1500;
    private static final long TRAINING_MILLIS = 2000;
    private static final long SAVING_MILLIS = 40;
    private static final int SAVES = 2;

    /**
     * Draws the time of a kill: one in eight while the process starts, four in eight inside a save,
     * the others anywhere.
     */
    static Death drawn(CounterRandom random, int kill) {
        int kind = (int) (8 * random.uniform(3L * kill));
        double moment = random.uniform(3L * kill + 1);
        if (kind == 0) {
            return new Death("", 0, (long) (STARTING_MILLIS * moment));
        }
        if (kind <= 4) {
            int save = 1 + (int) (SAVES * random.uniform(3L * kill + 2));
            return new Death("saving", save, (long) (SAVING_MILLIS * moment));
        }
        return new Death("begun", 1, (long) (TRAINING_MILLIS * moment));
    }
}
