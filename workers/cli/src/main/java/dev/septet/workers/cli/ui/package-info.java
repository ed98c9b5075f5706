/** The page of all pipelines: {@code septet ui}. */
@NullMarked
package dev.septet.workers.cli.ui;

import org.jspecify.annotations.NullMarked;
