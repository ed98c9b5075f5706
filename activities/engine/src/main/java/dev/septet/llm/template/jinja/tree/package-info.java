/** Nodes of the syntax tree. Each node renders or evaluates itself. */
@NullMarked
package dev.septet.llm.template.jinja.tree;

import org.jspecify.annotations.NullMarked;
