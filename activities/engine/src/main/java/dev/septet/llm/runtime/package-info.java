/**
 * TorchScript written by Java and run by libtorch through DJL: archives, modules, tensor lists,
 * threads, and random numbers without state.
 */
@NullMarked
package dev.septet.llm.runtime;

import org.jspecify.annotations.NullMarked;
