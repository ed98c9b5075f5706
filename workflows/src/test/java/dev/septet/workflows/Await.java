package dev.septet.workflows;

import java.time.Duration;
import org.awaitility.Awaitility;
import org.awaitility.core.ConditionFactory;

/** How tests wait for what a workflow does by itself. */
final class Await {
    /** A machine may stand still for longer than Awaitility's own ten seconds. */
    private static final Duration LONGEST = Duration.ofMinutes(2);

    private Await() {}

    static ConditionFactory await() {
        return Awaitility.await().atMost(LONGEST);
    }
}
