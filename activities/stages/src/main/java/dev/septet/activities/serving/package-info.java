/**
 * Routing of served models: one small record per pipeline. Publishing, trials, promotion and
 * rollback each replace it atomically.
 */
@NullMarked
package dev.septet.activities.serving;

import org.jspecify.annotations.NullMarked;
