@NullMarked
package dev.septet.dsl.problem;

import org.jspecify.annotations.NullMarked;
