/** Plans a run without starting it. */
@NullMarked
package dev.septet.workers.plan;

import org.jspecify.annotations.NullMarked;
