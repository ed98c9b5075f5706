/** What a pipeline file declares for the stage monitor. */
@NullMarked
package dev.septet.dsl.pipeline.monitor;

import org.jspecify.annotations.NullMarked;
