/** Approval of a model by people before it is published. */
@NullMarked
package dev.septet.workflows.approval;

import org.jspecify.annotations.NullMarked;
