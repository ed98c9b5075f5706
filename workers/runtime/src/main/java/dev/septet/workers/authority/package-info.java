/**
 * The authorization check before every activity: the run's ticket, and the run to which the
 * activity belongs.
 */
@NullMarked
package dev.septet.workers.authority;

import org.jspecify.annotations.NullMarked;
