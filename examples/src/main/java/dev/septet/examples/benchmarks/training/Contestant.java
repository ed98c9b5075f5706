package dev.septet.examples.benchmarks.training;

import java.util.List;

/** A program, set up in one way, as it is started. */
record Contestant(String name, List<String> command) {}
