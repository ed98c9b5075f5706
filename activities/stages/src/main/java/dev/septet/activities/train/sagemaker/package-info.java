/** The protocol of Amazon SageMaker. */
@NullMarked
package dev.septet.activities.train.sagemaker;

import org.jspecify.annotations.NullMarked;
