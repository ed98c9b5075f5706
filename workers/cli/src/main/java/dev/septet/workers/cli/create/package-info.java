/** Commands that write a first pipeline file: {@code septet init} and {@code septet import}. */
@NullMarked
package dev.septet.workers.cli.create;

import org.jspecify.annotations.NullMarked;
