/** Commands that check a pipeline file before it runs. */
@NullMarked
package dev.septet.workers.cli.check;

import org.jspecify.annotations.NullMarked;
