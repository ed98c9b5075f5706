@NullMarked
package dev.septet.activities.approval;

import org.jspecify.annotations.NullMarked;
