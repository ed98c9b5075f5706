/** Dataset files as bytes: containers, records of CSV and JSON, and where each record starts. */
@NullMarked
package dev.septet.activities.dataset.file;

import org.jspecify.annotations.NullMarked;
