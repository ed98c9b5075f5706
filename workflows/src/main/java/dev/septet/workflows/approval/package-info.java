/** People who must agree before a model is published. */
@NullMarked
package dev.septet.workflows.approval;

import org.jspecify.annotations.NullMarked;
