/** How a model writes calls of tools: found in its chat template, and read from its answers. */
@NullMarked
package dev.septet.llm.template.tool;

import org.jspecify.annotations.NullMarked;
