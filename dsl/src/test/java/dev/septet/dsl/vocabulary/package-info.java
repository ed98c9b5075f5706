@NullMarked
package dev.septet.dsl.vocabulary;

import org.jspecify.annotations.NullMarked;
