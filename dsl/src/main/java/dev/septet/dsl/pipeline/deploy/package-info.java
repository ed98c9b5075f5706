/** What a pipeline file declares for the stage deploy. */
@NullMarked
package dev.septet.dsl.pipeline.deploy;

import org.jspecify.annotations.NullMarked;
