/** Rules for the quality of a text: own limits, and the published rules of Gopher and C4. */
@NullMarked
package dev.septet.activities.prepare.quality;

import org.jspecify.annotations.NullMarked;
