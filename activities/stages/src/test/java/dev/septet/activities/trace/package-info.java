@NullMarked
package dev.septet.activities.trace;

import org.jspecify.annotations.NullMarked;
