@NullMarked
package dev.septet.dsl.include;

import org.jspecify.annotations.NullMarked;
