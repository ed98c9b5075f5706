/** Pipelines to read and run, and the made-up world that their data comes from. */
@NullMarked
package dev.septet.examples;

import org.jspecify.annotations.NullMarked;
