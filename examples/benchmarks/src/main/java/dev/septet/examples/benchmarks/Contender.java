package dev.septet.examples.benchmarks;

import java.io.IOException;

/** A program with one configuration that can answer the requests. */
interface Contender extends AutoCloseable {
    String name();

    /** Answers all requests once. */
    Done run(Work work) throws IOException, InterruptedException;

    @Override
    default void close() throws IOException {}
}
