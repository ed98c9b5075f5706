@NullMarked
package dev.septet.activities.serving;

import org.jspecify.annotations.NullMarked;
