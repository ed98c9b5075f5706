/** The file in which the operator of the workers declares what pipeline files may use by name. */
@NullMarked
package dev.septet.activities.operator;

import org.jspecify.annotations.NullMarked;
