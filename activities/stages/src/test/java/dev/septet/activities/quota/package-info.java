@NullMarked
package dev.septet.activities.quota;

import org.jspecify.annotations.NullMarked;
