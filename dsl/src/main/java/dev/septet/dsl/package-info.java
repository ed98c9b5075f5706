/**
 * The entry point of the language. {@link dev.septet.dsl.PipelineCompiler} takes a pipeline file's bytes, the values of
 * its parameters, and the rules for its paths. It returns a spec, or all problems of the file.
 */
@NullMarked
package dev.septet.dsl;

import org.jspecify.annotations.NullMarked;
