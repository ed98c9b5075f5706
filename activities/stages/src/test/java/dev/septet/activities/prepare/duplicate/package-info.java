@NullMarked
package dev.septet.activities.prepare.duplicate;

import org.jspecify.annotations.NullMarked;
