@NullMarked
package dev.septet.activities.evaluate.report;

import org.jspecify.annotations.NullMarked;
