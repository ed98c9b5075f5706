@NullMarked
package dev.septet.activities.train;

import org.jspecify.annotations.NullMarked;
