/** What a pipeline file declares to train with something else than Septet's engine. */
@NullMarked
package dev.septet.dsl.pipeline.backend;

import org.jspecify.annotations.NullMarked;
