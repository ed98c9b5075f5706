@NullMarked
package dev.septet.activities.report;

import org.jspecify.annotations.NullMarked;
