/** What a pipeline file declares for the stage prepare. */
@NullMarked
package dev.septet.dsl.pipeline.prepare;

import org.jspecify.annotations.NullMarked;
