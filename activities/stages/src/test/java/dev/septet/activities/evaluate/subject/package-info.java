@NullMarked
package dev.septet.activities.evaluate.subject;

import org.jspecify.annotations.NullMarked;
