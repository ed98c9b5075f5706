/** Groups of rows that a model fails: their search, their names, their file, and the request for rows. */
@NullMarked
package dev.septet.activities.evaluate.cluster;

import org.jspecify.annotations.NullMarked;
