/** Outside trainers as jobs of a Kubernetes cluster; see {@code .github/docs/trainers.md}. */
@NullMarked
package dev.septet.activities.train.kubernetes;

import org.jspecify.annotations.NullMarked;
