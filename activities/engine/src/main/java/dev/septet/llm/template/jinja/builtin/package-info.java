/** Filters, tests and functions that templates can call. */
@NullMarked
package dev.septet.llm.template.jinja.builtin;

import org.jspecify.annotations.NullMarked;
