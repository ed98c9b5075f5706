/** The page of a whole run: who started it, what it cost, what changed since the last version, and the trend. */
@NullMarked
package dev.septet.activities.report;

import org.jspecify.annotations.NullMarked;
