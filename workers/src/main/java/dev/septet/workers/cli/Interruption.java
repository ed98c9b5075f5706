package dev.septet.workers.cli;

/**
 * What Ctrl-C does while a run is followed: work is committed, and the user is told how to go on.
 */
final class Interruption {
    private final Thread hook;

    private Interruption(Thread hook) {
        this.hook = hook;
    }

    /** From here on, until {@link #over}. */
    static Interruption during(Session session, RunHandle run, Cluster cluster) {
        Thread hook =
                new Thread(
                        () -> {
                            Terminal terminal = session.terminal();
                            terminal.note("");
                            if (!cluster.own()) {
                                terminal.note(
                                        "Interrupted. The run goes on by itself; `septet status %s` shows it, `temporal workflow cancel --workflow-id %s` ends it."
                                                .formatted(run.workflowId(), run.workflowId()));
                                Runtime.getRuntime().halt(ExitCode.INTERRUPTED);
                            }
                            terminal.note("Interrupted. Training commits its checkpoint first ...");
                            cluster.close();
                            terminal.note(
                                    "The run waits in the server's database. The same command, or `septet dev`, goes on from its last checkpoint.");
                            Runtime.getRuntime().halt(ExitCode.INTERRUPTED);
                        },
                        "septet-interrupted");
        Runtime.getRuntime().addShutdownHook(hook);
        return new Interruption(hook);
    }

    /** The run has ended: the JVM may end without a word. */
    void over() {
        try {
            Runtime.getRuntime().removeShutdownHook(hook);
        } catch (IllegalStateException interruptedNow) {
            // The hook runs and has the last word.
        }
    }
}
