/** Commands about a pipeline's data. */
@NullMarked
package dev.septet.workers.cli.data;

import org.jspecify.annotations.NullMarked;
