@NullMarked
package dev.septet.activities.answer;

import org.jspecify.annotations.NullMarked;
