@NullMarked
package dev.septet.activities.prepare.contamination;

import org.jspecify.annotations.NullMarked;
