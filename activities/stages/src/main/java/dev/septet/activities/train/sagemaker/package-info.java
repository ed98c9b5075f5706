/** Outside trainers as training jobs of Amazon SageMaker, and its protocol; see {@code .github/docs/trainers.md}. */
@NullMarked
package dev.septet.activities.train.sagemaker;

import org.jspecify.annotations.NullMarked;
