/** Benchmarks of the waits for a device that several runs and monitors share. */
@NullMarked
package dev.septet.examples.benchmarks.checks;

import org.jspecify.annotations.NullMarked;
