@NullMarked
package dev.septet.activities.setup;

import org.jspecify.annotations.NullMarked;
