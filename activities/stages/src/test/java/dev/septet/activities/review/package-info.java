@NullMarked
package dev.septet.activities.review;

import org.jspecify.annotations.NullMarked;
