@NullMarked
package dev.septet.activities.extension;

import org.jspecify.annotations.NullMarked;
