/**
 * The audit log: requests to a served model, its answers, and the feedback on them. The log is
 * append-only, and every line contains the digest of the previous line. So a changed, deleted or
 * moved line is detected.
 */
@NullMarked
package dev.septet.activities.audit;

import org.jspecify.annotations.NullMarked;
