/** Tests of the threads that clean rows. */
@NullMarked
package dev.septet.activities.prepare.cleaning;

import org.jspecify.annotations.NullMarked;
