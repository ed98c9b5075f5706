/**
 * The part of the Jinja language that chat templates use, evaluated with plain data: text, numbers,
 * lists and mappings. A template cannot access Java objects, files, or any clock except the given
 * one. It stops when it exceeds its budget of steps, characters or depth.
 *
 * <p>Behaves like Python's jinja2 with {@code trim_blocks} and {@code lstrip_blocks}, which chat
 * templates are written for. {@link dev.septet.llm.template.jinja.JinjaTemplate} is the entry
 * point.
 */
@NullMarked
package dev.septet.llm.template.jinja;

import org.jspecify.annotations.NullMarked;
