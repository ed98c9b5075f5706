/** From the text of a template to its syntax tree. */
@NullMarked
package dev.septet.llm.template.jinja.parse;

import org.jspecify.annotations.NullMarked;
