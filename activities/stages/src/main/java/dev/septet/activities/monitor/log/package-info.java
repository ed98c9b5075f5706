/** Windows of requests to the deployed model and its answers, from both kinds of audit log. */
@NullMarked
package dev.septet.activities.monitor.log;

import org.jspecify.annotations.NullMarked;
