/** Tests of the commands that write a first pipeline file. */
@NullMarked
package dev.septet.workers.cli.create;

import org.jspecify.annotations.NullMarked;
