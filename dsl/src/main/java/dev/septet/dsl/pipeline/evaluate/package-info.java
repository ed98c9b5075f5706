/** What a pipeline file declares for the stage evaluate. */
@NullMarked
package dev.septet.dsl.pipeline.evaluate;

import org.jspecify.annotations.NullMarked;
