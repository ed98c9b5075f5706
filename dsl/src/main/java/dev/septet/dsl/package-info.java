/**
 * The way in: a pipeline file's bytes, the values of its parameters, and what its paths may reach
 * go into {@link dev.septet.dsl.PipelineCompiler}; a spec, or everything that is wrong, comes out.
 */
@NullMarked
package dev.septet.dsl;

import org.jspecify.annotations.NullMarked;
