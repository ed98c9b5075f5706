/** Estimates of the memory that a training needs, and the micro-batch token budget. */
@NullMarked
package dev.septet.llm.train.memory;

import org.jspecify.annotations.NullMarked;
