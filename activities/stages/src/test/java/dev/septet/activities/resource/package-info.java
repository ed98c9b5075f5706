@NullMarked
package dev.septet.activities.resource;

import org.jspecify.annotations.NullMarked;
