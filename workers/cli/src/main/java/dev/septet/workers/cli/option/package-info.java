/** Options, arguments, errors and connections that commands share. */
@NullMarked
package dev.septet.workers.cli.option;

import org.jspecify.annotations.NullMarked;
