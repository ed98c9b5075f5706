@NullMarked
package dev.septet.activities.initialize;

import org.jspecify.annotations.NullMarked;
