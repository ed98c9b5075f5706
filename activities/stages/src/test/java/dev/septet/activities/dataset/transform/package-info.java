@NullMarked
package dev.septet.activities.dataset.transform;

import org.jspecify.annotations.NullMarked;
