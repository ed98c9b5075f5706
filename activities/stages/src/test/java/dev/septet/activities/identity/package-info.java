@NullMarked
package dev.septet.activities.identity;

import org.jspecify.annotations.NullMarked;
