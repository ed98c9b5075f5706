@NullMarked
package dev.septet.activities.support;

import org.jspecify.annotations.NullMarked;
