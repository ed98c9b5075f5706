@NullMarked
package dev.septet.activities.candidate;

import org.jspecify.annotations.NullMarked;
