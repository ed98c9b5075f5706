/** What a process logs of messages and exceptions. */
@NullMarked
package dev.septet.workers.log;

import org.jspecify.annotations.NullMarked;
