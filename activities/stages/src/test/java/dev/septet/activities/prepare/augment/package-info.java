@NullMarked
package dev.septet.activities.prepare.augment;

import org.jspecify.annotations.NullMarked;
