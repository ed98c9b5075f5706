@NullMarked
package dev.septet.activities.evaluate.judge;

import org.jspecify.annotations.NullMarked;
