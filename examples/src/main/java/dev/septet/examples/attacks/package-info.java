/**
 * Fuzzing with hostile files and requests, which are generated from a seed and opened through the
 * entries that users use.
 */
@NullMarked
package dev.septet.examples.attacks;

import org.jspecify.annotations.NullMarked;
