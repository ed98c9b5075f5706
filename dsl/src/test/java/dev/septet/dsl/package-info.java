@NullMarked
package dev.septet.dsl;

import org.jspecify.annotations.NullMarked;
