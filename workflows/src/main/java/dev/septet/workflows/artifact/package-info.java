/** Pointers to bytes: the only way models, datasets and reports cross a workflow. */
@NullMarked
package dev.septet.workflows.artifact;

import org.jspecify.annotations.NullMarked;
