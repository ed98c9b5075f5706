/** Hosts: which machine has a pipeline's files when several machines share a store. */
@NullMarked
package dev.septet.activities.host;

import org.jspecify.annotations.NullMarked;
