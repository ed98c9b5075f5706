package dev.septet.examples.e2e;

import java.io.IOException;

/** The Python environment that {@code .ci/python-env} makes, once: peers to be judged by. */
final class Python {
    private static final int MINUTES_TO_INSTALL = 20;

    private Python() {}

    /** Its interpreter. */
    static String interpreter() throws IOException, InterruptedException {
        return Shell.installed(60 * MINUTES_TO_INSTALL, "python-env").get(0);
    }

    /** The interpreter of another environment, such as {@code trl}. */
    static String interpreter(String name) throws IOException, InterruptedException {
        return Shell.installed(60 * MINUTES_TO_INSTALL, "python-env", name).get(0);
    }
}
