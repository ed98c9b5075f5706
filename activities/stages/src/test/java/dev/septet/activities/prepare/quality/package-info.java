@NullMarked
package dev.septet.activities.prepare.quality;

import org.jspecify.annotations.NullMarked;
