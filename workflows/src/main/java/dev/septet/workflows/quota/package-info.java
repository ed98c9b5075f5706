/** Quotas of teams: what a run may still use before its next stage begins, and its wait for the next period. */
@NullMarked
package dev.septet.workflows.quota;

import org.jspecify.annotations.NullMarked;
