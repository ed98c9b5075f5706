/**
 * The content of a pipeline file as plain immutable records. The rest of Septet sees only this part of the language.
 * Defaults are set only here, and every record validates itself.
 */
@NullMarked
package dev.septet.dsl.pipeline;

import org.jspecify.annotations.NullMarked;
