/** The check before every activity: tickets of runs, and which run an activity belongs to. */
@NullMarked
package dev.septet.workers.authority;

import org.jspecify.annotations.NullMarked;
