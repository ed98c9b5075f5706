/** The steps of cleaning that look at one row at a time, and the threads that do them. */
@NullMarked
package dev.septet.activities.prepare.cleaning;

import org.jspecify.annotations.NullMarked;
