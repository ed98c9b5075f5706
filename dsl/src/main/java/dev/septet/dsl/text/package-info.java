/** Text that leaves a process: it holds nothing of a row, and nothing that steers a terminal. */
@NullMarked
package dev.septet.dsl.text;

import org.jspecify.annotations.NullMarked;
