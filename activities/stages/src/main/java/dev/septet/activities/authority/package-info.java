/** Who may ask a worker to do what: tickets of runs, seals of results. */
@NullMarked
package dev.septet.activities.authority;

import org.jspecify.annotations.NullMarked;
