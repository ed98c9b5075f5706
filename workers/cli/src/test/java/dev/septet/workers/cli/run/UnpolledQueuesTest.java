package dev.septet.workers.cli.run;

import static org.assertj.core.api.Assertions.assertThat;

import dev.septet.workers.deployment.MissingWorkers;
import dev.septet.workers.version.WorkerVersion;
import org.junit.jupiter.api.Test;

/** What a run that nobody works on waits for, and the next step. */
class UnpolledQueuesTest {
    private static final WorkerVersion OLD = new WorkerVersion("septet", "1.3.0");
    private static final WorkerVersion OTHER = new WorkerVersion("gpu", "7");

    @Test
    void aPinnedRunNeedsWorkersOfItsVersion() {
        assertThat(UnpolledQueues.sentence("desk", new MissingWorkers("septet-gpu", OLD, true, null)))
                .isEqualTo("the run is pinned to version septet:1.3.0, but none of its workers polls the task queue"
                        + " `septet-gpu`. Start workers of that version with `septet worker --build-id 1.3.0`, or move the"
                        + " run to another version with `septet workers move desk --to BUILD`.");
        assertThat(UnpolledQueues.sentence("desk", new MissingWorkers("septet", OTHER, true, null)))
                .contains(
                        "`septet worker --build-id 7 --deployment gpu`",
                        "`septet workers move desk --to BUILD --deployment gpu`");
    }

    @Test
    void anotherRunNeedsWorkersOfTheCurrentVersion() {
        assertThat(UnpolledQueues.sentence("desk", new MissingWorkers("septet", OLD, false, null)))
                .isEqualTo(
                        "version septet:1.3.0 is current, but none of its workers polls the task queue `septet`; start one"
                                + " with `septet worker --role light --build-id 1.3.0`, or make another version current with `septet"
                                + " workers current BUILD`");
        assertThat(UnpolledQueues.sentence("desk", new MissingWorkers("septet", null, false, OLD)))
                .contains("no version is current; `septet workers current 1.3.0` lets them take runs");
        assertThat(UnpolledQueues.sentence("desk", new MissingWorkers("septet", null, false, null)))
                .isEqualTo("no worker polls the task queue `septet`; start one with `septet worker --role light`");
    }
}
