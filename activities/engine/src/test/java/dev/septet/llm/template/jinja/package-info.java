@NullMarked
package dev.septet.llm.template.jinja;

import org.jspecify.annotations.NullMarked;
