/** The choice of a base model from several candidates, before the dataset is prepared with its tokenizer, and short trainings. */
@NullMarked
package dev.septet.workflows.candidate;

import org.jspecify.annotations.NullMarked;
