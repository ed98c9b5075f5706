package dev.septet.examples.benchmarks.training;

import java.util.List;

/** A program with one configuration, and the command that starts it. */
record Contestant(String name, List<String> command) {}
