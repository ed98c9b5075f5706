@NullMarked
package dev.septet.activities.lineage;

import org.jspecify.annotations.NullMarked;
