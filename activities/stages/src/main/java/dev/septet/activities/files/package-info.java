/** The files that a pipeline may read, found below the folders that the operator allows. */
@NullMarked
package dev.septet.activities.files;

import org.jspecify.annotations.NullMarked;
