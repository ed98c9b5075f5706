@NullMarked
package dev.septet.dsl.bind;

import org.jspecify.annotations.NullMarked;
