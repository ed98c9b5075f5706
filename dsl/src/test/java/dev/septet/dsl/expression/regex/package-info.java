@NullMarked
package dev.septet.dsl.expression.regex;

import org.jspecify.annotations.NullMarked;
