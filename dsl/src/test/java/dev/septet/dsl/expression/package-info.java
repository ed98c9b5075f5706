@NullMarked
package dev.septet.dsl.expression;

import org.jspecify.annotations.NullMarked;
