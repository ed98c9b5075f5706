/**
 * How Septet's own processes log, by logback. Programs that embed Septet log as they like: none of
 * this is loaded there.
 */
@NullMarked
package dev.septet.workers.logging;

import org.jspecify.annotations.NullMarked;
