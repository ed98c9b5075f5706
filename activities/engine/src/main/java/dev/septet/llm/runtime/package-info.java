/**
 * Runs TorchScript through DJL and libtorch: script archives, modules, tensor lists, threads, and
 * stateless random numbers.
 */
@NullMarked
package dev.septet.llm.runtime;

import org.jspecify.annotations.NullMarked;
