/** Approvals: identifies the people who approve a model. */
@NullMarked
package dev.septet.activities.approval;

import org.jspecify.annotations.NullMarked;
