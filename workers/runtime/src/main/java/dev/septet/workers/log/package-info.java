/**
 * The logging of Septet's own processes, by logback. Programs that embed Septet choose their own
 * logging and do not load this package.
 */
@NullMarked
package dev.septet.workers.log;

import org.jspecify.annotations.NullMarked;
