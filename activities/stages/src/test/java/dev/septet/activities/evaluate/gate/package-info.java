@NullMarked
package dev.septet.activities.evaluate.gate;

import org.jspecify.annotations.NullMarked;
