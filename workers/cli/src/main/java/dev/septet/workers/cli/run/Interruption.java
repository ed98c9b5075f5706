package dev.septet.workers.cli.run;

import dev.septet.workers.cli.option.ExitCode;
import dev.septet.workers.cli.option.Session;
import dev.septet.workers.cli.option.Terminal;
import java.util.concurrent.CountDownLatch;

/**
 * Handles Ctrl-C while a command follows a run: commits work, and tells the user how to continue.
 */
final class Interruption {
    private final CountDownLatch requested = new CountDownLatch(1);
    private final Thread hook;

    private Interruption(Session session, RunHandle run, RunServer cluster) {
        this.hook = new Thread(() -> end(session, run, cluster), "septet-interrupted");
    }

    /** Handles Ctrl-C from now on, until {@link #over}. */
    static Interruption during(Session session, RunHandle run, RunServer cluster) {
        Interruption interruption = new Interruption(session, run, cluster);
        Runtime.getRuntime().addShutdownHook(interruption.hook);
        return interruption;
    }

    /** Whether Ctrl-C was pressed. Then other threads must not print anything. */
    boolean requested() {
        return requested.getCount() == 0;
    }

    private void end(Session session, RunHandle run, RunServer cluster) {
        requested.countDown();
        Terminal terminal = session.terminal();
        terminal.note("");
        if (cluster.ownsWorkers()) {
            terminal.note("Interrupted. Training commits its checkpoint first ...");
            cluster.close();
            terminal.note("The run waits in the server's database. The same command, or `septet dev`,"
                    + " continues it from its last checkpoint.");
        } else {
            terminal.note(
                    "Interrupted. The run continues; `septet status %s` shows it, `temporal workflow cancel --workflow-id %s` ends it."
                            .formatted(run.workflowId(), run.workflowId()));
        }
        Runtime.getRuntime().halt(ExitCode.INTERRUPTED);
    }

    /** Stops handling Ctrl-C, because the run has ended. */
    void over() {
        try {
            Runtime.getRuntime().removeShutdownHook(hook);
        } catch (IllegalStateException interruptedNow) {
            // The hook already runs, and ends the JVM.
        }
    }
}
