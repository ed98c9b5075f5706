/** Token datasets, their order over the epochs, and micro-batches. */
@NullMarked
package dev.septet.llm.train.data;

import org.jspecify.annotations.NullMarked;
