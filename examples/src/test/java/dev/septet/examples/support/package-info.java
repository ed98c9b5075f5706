@NullMarked
package dev.septet.examples.support;

import org.jspecify.annotations.NullMarked;
