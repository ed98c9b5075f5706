/** How results look on a terminal, and in a file where there is none. */
@NullMarked
package dev.septet.workers.cli.screen;

import org.jspecify.annotations.NullMarked;
