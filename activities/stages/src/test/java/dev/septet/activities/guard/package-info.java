@NullMarked
package dev.septet.activities.guard;

import org.jspecify.annotations.NullMarked;
