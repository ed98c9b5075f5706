package dev.septet.examples.benchmarks;

import java.io.IOException;

/** A program, set up in one way, that can do the work. */
interface Contender extends AutoCloseable {
    String name();

    /** Does it once. */
    Done run(Work work) throws IOException, InterruptedException;

    @Override
    default void close() throws IOException {}
}
