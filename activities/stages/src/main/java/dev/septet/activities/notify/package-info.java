/** Webhooks and commands by which people are told. */
@NullMarked
package dev.septet.activities.notify;

import org.jspecify.annotations.NullMarked;
