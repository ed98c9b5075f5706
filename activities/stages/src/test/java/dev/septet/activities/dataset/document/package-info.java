@NullMarked
package dev.septet.activities.dataset.document;

import org.jspecify.annotations.NullMarked;
