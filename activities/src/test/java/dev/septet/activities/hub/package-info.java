@NullMarked
package dev.septet.activities.hub;

import org.jspecify.annotations.NullMarked;
