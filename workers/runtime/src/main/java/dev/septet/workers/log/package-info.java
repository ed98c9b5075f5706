/**
 * What Septet's own processes log, by logback. Programs that embed Septet log as they like: none of
 * this is loaded there.
 */
@NullMarked
package dev.septet.workers.log;

import org.jspecify.annotations.NullMarked;
