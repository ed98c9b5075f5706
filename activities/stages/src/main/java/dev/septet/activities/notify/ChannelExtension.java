package dev.septet.activities.notify;

import dev.septet.dsl.extension.Extension;
import dev.septet.dsl.pipeline.ExtensionSpec;
import dev.septet.workflows.notify.Notice;
import java.io.IOException;

/**
 * A way to notify people, from a jar: {@code notify board(name: 'team'), on: failed}. Anyone
 * who may start a pipeline chooses its options: where a notice may go, the jar and its operator
 * decide.
 */
public interface ChannelExtension extends Extension {
    /**
     * Delivers a notice. It may come twice, with the same {@link Notice#id}.
     *
     * @param json the notice as webhooks get it
     * @throws dev.septet.activities.attempt.StageProblem POLICY_DENIED or INVALID_PIPELINE when no
     *     other try can help
     * @throws IOException when another try may help
     */
    void send(ExtensionSpec used, Notice notice, byte[] json) throws IOException, InterruptedException;
}
