/** The layout of results on a terminal or in a file. */
@NullMarked
package dev.septet.workers.cli.screen;

import org.jspecify.annotations.NullMarked;
