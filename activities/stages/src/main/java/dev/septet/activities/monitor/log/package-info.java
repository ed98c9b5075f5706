/**
 * What the deployed model was asked and answered, window by window, from either kind of audit log.
 */
@NullMarked
package dev.septet.activities.monitor.log;

import org.jspecify.annotations.NullMarked;
