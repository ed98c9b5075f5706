package dev.septet.examples.attacks;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;

/** A kind of untrusted input, and the entry through which Septet opens it. */
interface AttackTarget extends AutoCloseable {
    /** The kind's name on the command line. */
    String name();

    /** The entry that opens it, for the table of results. */
    String entry();

    /** The longest time that one input may take. */
    Duration bound();

    /**
     * Whether a limited child process opens it first, so that a crash of native code does no harm.
     */
    default boolean sandboxed() {
        return false;
    }

    /** A hostile input; equal mutators give equal inputs. */
    Input input(Mutator mutator);

    /**
     * Opens an input as a user's command does.
     *
     * @param folder an empty folder for this input
     * @return true when it was accepted; false when it was refused with a proper message
     * @throws Exception any other exception, which is a finding
     */
    boolean open(Input input, Path folder) throws Exception;

    @Override
    default void close() throws IOException {}
}
