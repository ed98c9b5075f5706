@NullMarked
package dev.septet.activities.audit;

import org.jspecify.annotations.NullMarked;
