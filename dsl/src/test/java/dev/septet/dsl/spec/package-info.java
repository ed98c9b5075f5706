@NullMarked
package dev.septet.dsl.spec;

import org.jspecify.annotations.NullMarked;
