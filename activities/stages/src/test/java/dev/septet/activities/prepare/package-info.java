@NullMarked
package dev.septet.activities.prepare;

import org.jspecify.annotations.NullMarked;
