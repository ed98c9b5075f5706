@NullMarked
package dev.septet.examples.basemodel;

import org.jspecify.annotations.NullMarked;
