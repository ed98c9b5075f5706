@NullMarked
package dev.septet.activities.deploy;

import org.jspecify.annotations.NullMarked;
