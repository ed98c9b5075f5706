package dev.septet.examples.e2e;

import java.io.IOException;
import java.util.List;
import java.util.Map;

/** The Python environment that {@code .ci/python-env} makes, once: peers to be judged by. */
final class Python {
    private static final int MINUTES_TO_INSTALL = 20;

    private Python() {}

    /** Its interpreter. */
    static String interpreter() throws IOException, InterruptedException {
        Shell.Said said = Shell.run(
                Workspace.CHECKOUT,
                Map.of(),
                List.of(Workspace.CHECKOUT.resolve(".ci/python-env").toString()),
                60 * MINUTES_TO_INSTALL);
        if (said.status() != 0) {
            throw new AssertionError("the Python environment cannot be made: " + said.all());
        }
        return said.out().strip();
    }
}
