@NullMarked
package dev.septet.activities.evaluate.comparison;

import org.jspecify.annotations.NullMarked;
