@NullMarked
package dev.septet.activities.store;

import org.jspecify.annotations.NullMarked;
