@NullMarked
package dev.septet.activities.explain;

import org.jspecify.annotations.NullMarked;
