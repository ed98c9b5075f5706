package dev.septet.workers.cli.run;

/** Shows a run while it is open. */
interface RunView extends AutoCloseable {
    /** Shows the run's current state. */
    void show(RunSnapshot snapshot);

    /** Prints a permanent line. */
    void note(String line);

    @Override
    void close();
}
