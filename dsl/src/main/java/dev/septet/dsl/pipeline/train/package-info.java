/** What a pipeline file declares for the stages setup and train. */
@NullMarked
package dev.septet.dsl.pipeline.train;

import org.jspecify.annotations.NullMarked;
