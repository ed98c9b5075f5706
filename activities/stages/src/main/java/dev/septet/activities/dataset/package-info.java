/** Rows of datasets: strict parsing of untrusted files, and canonical JSON for the stages. */
@NullMarked
package dev.septet.activities.dataset;

import org.jspecify.annotations.NullMarked;
