/**
 * The part of the Jinja language that chat templates use, evaluated over plain data: text, numbers,
 * lists and mappings. A template reaches no Java object, no file and no clock but the one it is
 * given, and stops at a budget of steps, characters and depth.
 *
 * <p>Reads as Python's jinja2 does with {@code trim_blocks} and {@code lstrip_blocks}, as chat
 * templates are written for. {@link dev.septet.llm.template.jinja.JinjaTemplate} is the way in.
 */
@NullMarked
package dev.septet.llm.template.jinja;

import org.jspecify.annotations.NullMarked;
