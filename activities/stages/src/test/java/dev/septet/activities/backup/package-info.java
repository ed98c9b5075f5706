@NullMarked
package dev.septet.activities.backup;

import org.jspecify.annotations.NullMarked;
