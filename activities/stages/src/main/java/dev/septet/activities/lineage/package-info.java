/** Where prepared rows come from, who saw them, and which rows are forgotten. */
@NullMarked
package dev.septet.activities.lineage;

import org.jspecify.annotations.NullMarked;
