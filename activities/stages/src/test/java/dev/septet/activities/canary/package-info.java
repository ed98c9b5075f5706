@NullMarked
package dev.septet.activities.canary;

import org.jspecify.annotations.NullMarked;
