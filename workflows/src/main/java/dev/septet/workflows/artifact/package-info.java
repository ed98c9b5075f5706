/** References to stored files: the only form in which models, datasets and reports pass through a workflow. */
@NullMarked
package dev.septet.workflows.artifact;

import org.jspecify.annotations.NullMarked;
