@NullMarked
package dev.septet.activities.attempt;

import org.jspecify.annotations.NullMarked;
