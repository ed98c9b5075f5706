package dev.septet.examples.attacks;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;

/** A kind of file that comes from strangers, and the entry through which Septet opens it. */
interface Target extends AutoCloseable {
    /** The kind's name, which the command line takes. */
    String name();

    /** What opens it, for the table of results. */
    String entry();

    /** The longest time that one input may take. */
    Duration bound();

    /** Whether a child process with limits opens it first, so that native code may fail there. */
    default boolean sandboxed() {
        return false;
    }

    /** A hostile input; equal mutators give equal inputs. */
    Input input(Mutator mutator);

    /**
     * Opens an input as a user's command would.
     *
     * @param folder an empty folder for this input
     * @return whether it was accepted; false when it was refused in plain words
     * @throws Exception anything else that was thrown, which is a finding
     */
    boolean open(Input input, Path folder) throws Exception;

    @Override
    default void close() throws IOException {}
}
