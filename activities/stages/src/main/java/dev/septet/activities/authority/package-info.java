/** Authorization of requests to a worker: tickets of runs, seals of results. */
@NullMarked
package dev.septet.activities.authority;

import org.jspecify.annotations.NullMarked;
