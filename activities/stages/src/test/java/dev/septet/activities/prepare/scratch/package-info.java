@NullMarked
package dev.septet.activities.prepare.scratch;

import org.jspecify.annotations.NullMarked;
