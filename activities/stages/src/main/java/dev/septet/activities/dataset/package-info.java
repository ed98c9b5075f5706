/** Rows of datasets: read strictly from strangers' files, written canonically for the stages. */
@NullMarked
package dev.septet.activities.dataset;

import org.jspecify.annotations.NullMarked;
