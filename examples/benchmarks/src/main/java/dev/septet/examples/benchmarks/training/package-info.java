/** Benchmarks of training steps, side by side with transformers, peft and TRL. */
@NullMarked
package dev.septet.examples.benchmarks.training;

import org.jspecify.annotations.NullMarked;
