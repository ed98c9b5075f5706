@NullMarked
package dev.septet.activities.retention;

import org.jspecify.annotations.NullMarked;
