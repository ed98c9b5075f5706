@NullMarked
package dev.septet.activities.resume;

import org.jspecify.annotations.NullMarked;
