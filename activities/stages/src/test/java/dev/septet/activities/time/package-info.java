@NullMarked
package dev.septet.activities.time;

import org.jspecify.annotations.NullMarked;
