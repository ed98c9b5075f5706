@NullMarked
package dev.septet.activities.evaluate.votes;

import org.jspecify.annotations.NullMarked;
