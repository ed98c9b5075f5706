@NullMarked
package dev.septet.activities.notify;

import org.jspecify.annotations.NullMarked;
