@NullMarked
package dev.septet.activities.source;

import org.jspecify.annotations.NullMarked;
