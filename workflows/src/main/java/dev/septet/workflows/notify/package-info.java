/** Telling people what happened. */
@NullMarked
package dev.septet.workflows.notify;

import org.jspecify.annotations.NullMarked;
