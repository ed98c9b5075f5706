/**
 * What a pipeline file says, as plain immutable records: the only part of the language that the
 * rest of Septet sees. Defaults live here and nowhere else; every record checks itself.
 */
@NullMarked
package dev.septet.dsl.pipeline;

import org.jspecify.annotations.NullMarked;
