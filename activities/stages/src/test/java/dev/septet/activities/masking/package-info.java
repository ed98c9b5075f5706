@NullMarked
package dev.septet.activities.masking;

import org.jspecify.annotations.NullMarked;
