/** Tests of labelling functions. */
@NullMarked
package dev.septet.activities.prepare.label;

import org.jspecify.annotations.NullMarked;
