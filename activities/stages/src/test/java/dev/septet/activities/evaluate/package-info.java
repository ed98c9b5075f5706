@NullMarked
package dev.septet.activities.evaluate;

import org.jspecify.annotations.NullMarked;
