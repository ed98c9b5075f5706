/** Training steps side by side with transformers, peft and TRL; prints tables in Markdown. */
@NullMarked
package dev.septet.examples.benchmarks.training;

import org.jspecify.annotations.NullMarked;
