@NullMarked
package dev.septet.activities.prepare.representation;

import org.jspecify.annotations.NullMarked;
