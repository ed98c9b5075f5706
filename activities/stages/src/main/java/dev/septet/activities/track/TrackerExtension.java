package dev.septet.activities.track;

import dev.septet.activities.track.run.TrackedRun;
import dev.septet.dsl.extension.Extension;
import dev.septet.dsl.pipeline.ExtensionSpec;
import java.io.IOException;

/**
 * A tracker of runs, from a jar: {@code track ours(project: 'team')}. Anyone who may start a pipeline chooses its options:
 * where a run may be sent, the jar and its operator decide.
 */
public interface TrackerExtension extends Extension {
    /**
     * Brings the tracker up to the state of a run. It may be called again with the same state, and with later states.
     *
     * @return where the tracker has the run
     * @throws dev.septet.activities.attempt.StageProblem POLICY_DENIED or INVALID_PIPELINE when no other try can help
     * @throws IOException when another try may help
     */
    String send(ExtensionSpec used, TrackedRun run) throws IOException, InterruptedException;
}
