/** Tests of the formats of tool calls. */
@NullMarked
package dev.septet.llm.template.tool;

import org.jspecify.annotations.NullMarked;
