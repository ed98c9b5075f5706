/** Speed and memory of benchmarks in task files. */
@NullMarked
package dev.septet.examples.benchmarks.exam;

import org.jspecify.annotations.NullMarked;
