@NullMarked
package dev.septet.activities.dataset.source;

import org.jspecify.annotations.NullMarked;
