/** Sends answers to their clients, as streams or as complete responses. */
@NullMarked
package dev.septet.workers.serve.reply;

import org.jspecify.annotations.NullMarked;
