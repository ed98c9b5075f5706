/** Documents as rows of plain text: their text with its places, and the chunks of it. */
@NullMarked
package dev.septet.activities.dataset.document;

import org.jspecify.annotations.NullMarked;
