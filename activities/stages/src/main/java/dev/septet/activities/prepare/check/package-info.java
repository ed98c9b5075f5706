/** What the checks of rows share: their interface and the texts of a row. */
@NullMarked
package dev.septet.activities.prepare.check;

import org.jspecify.annotations.NullMarked;
