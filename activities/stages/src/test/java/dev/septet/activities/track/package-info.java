@NullMarked
package dev.septet.activities.track;

import org.jspecify.annotations.NullMarked;
