/** Values of a template and their operations, as Python defines them, within a budget. */
@NullMarked
package dev.septet.llm.template.jinja.value;

import org.jspecify.annotations.NullMarked;
