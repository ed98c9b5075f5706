@NullMarked
package dev.septet.activities.authority;

import org.jspecify.annotations.NullMarked;
