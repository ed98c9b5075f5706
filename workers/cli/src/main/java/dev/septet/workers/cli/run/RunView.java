package dev.septet.workers.cli.run;

/** Shows a run while it goes on. */
interface RunView extends AutoCloseable {
    /** Shows how the run stands now. */
    void show(RunSnapshot snapshot);

    /** A line that stays. */
    void note(String line);

    @Override
    void close();
}
