@NullMarked
package dev.septet.activities.files;

import org.jspecify.annotations.NullMarked;
