/**
 * The checks of {@code septet doctor}: what may be wrong with a machine, its state folder and its
 * server, and the next step for each finding.
 */
@NullMarked
package dev.septet.workers.doctor;

import org.jspecify.annotations.NullMarked;
