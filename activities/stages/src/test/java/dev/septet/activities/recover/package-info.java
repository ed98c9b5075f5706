@NullMarked
package dev.septet.activities.recover;

import org.jspecify.annotations.NullMarked;
