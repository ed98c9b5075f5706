@NullMarked
package dev.septet.activities.basemodel;

import org.jspecify.annotations.NullMarked;
