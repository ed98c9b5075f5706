@NullMarked
package dev.septet.dsl.parse;

import org.jspecify.annotations.NullMarked;
