/** Notices to people: webhooks and commands. */
@NullMarked
package dev.septet.activities.notify;

import org.jspecify.annotations.NullMarked;
