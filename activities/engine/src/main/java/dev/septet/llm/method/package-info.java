/** Fine-tuning methods: which parameters are trained, and what is added to the model. */
@NullMarked
package dev.septet.llm.method;

import org.jspecify.annotations.NullMarked;
