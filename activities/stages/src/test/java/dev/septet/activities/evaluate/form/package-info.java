@NullMarked
package dev.septet.activities.evaluate.form;

import org.jspecify.annotations.NullMarked;
