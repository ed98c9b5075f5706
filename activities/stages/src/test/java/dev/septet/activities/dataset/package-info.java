@NullMarked
package dev.septet.activities.dataset;

import org.jspecify.annotations.NullMarked;
