@NullMarked
package dev.septet.dsl.extension;

import org.jspecify.annotations.NullMarked;
