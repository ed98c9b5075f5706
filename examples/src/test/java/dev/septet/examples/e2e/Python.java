package dev.septet.examples.e2e;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** The Python environment that {@code .ci/python-env} makes, once: peers to be judged by. */
final class Python {
    private static final int MINUTES_TO_INSTALL = 20;

    private Python() {}

    /** Its interpreter. */
    static String interpreter() throws IOException, InterruptedException {
        return interpreter(List.of());
    }

    /** The interpreter of another environment, such as {@code trl}. */
    static String interpreter(String name) throws IOException, InterruptedException {
        return interpreter(List.of(name));
    }

    private static String interpreter(List<String> name) throws IOException, InterruptedException {
        List<String> command = new ArrayList<>(
                List.of(Workspace.CHECKOUT.resolve(".ci/python-env").toString()));
        command.addAll(name);
        Shell.Said said = Shell.run(Workspace.CHECKOUT, Map.of(), command, 60 * MINUTES_TO_INSTALL);
        if (said.status() != 0) {
            throw new AssertionError("the Python environment cannot be made: " + said.all());
        }
        return said.out().strip();
    }
}
