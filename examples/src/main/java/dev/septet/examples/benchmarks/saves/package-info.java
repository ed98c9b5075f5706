/** What checkpoints cost a training. */
@NullMarked
package dev.septet.examples.benchmarks.saves;

import org.jspecify.annotations.NullMarked;
