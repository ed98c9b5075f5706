/** The command that explains an answer of a trained model. */
@NullMarked
package dev.septet.workers.cli.explain;

import org.jspecify.annotations.NullMarked;
