@NullMarked
package dev.septet.activities.catalog;

import org.jspecify.annotations.NullMarked;
