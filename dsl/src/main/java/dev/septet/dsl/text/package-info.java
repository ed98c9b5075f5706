/** Text that may leave a process: it contains no text of a row and no terminal control characters. */
@NullMarked
package dev.septet.dsl.text;

import org.jspecify.annotations.NullMarked;
