@NullMarked
package dev.septet.activities.prepare.generate;

import org.jspecify.annotations.NullMarked;
