/** Experiment trackers that a pipeline sends its runs to. */
@NullMarked
package dev.septet.dsl.pipeline.track;

import org.jspecify.annotations.NullMarked;
