/** The setup stage: a worker's resources, a rehearsal of every later stage, and search trials. */
@NullMarked
package dev.septet.activities.setup;

import org.jspecify.annotations.NullMarked;
