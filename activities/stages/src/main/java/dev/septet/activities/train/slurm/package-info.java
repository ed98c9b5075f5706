/** Outside trainers as jobs of a Slurm cluster; see {@code .github/docs/trainers.md}. */
@NullMarked
package dev.septet.activities.train.slurm;

import org.jspecify.annotations.NullMarked;
