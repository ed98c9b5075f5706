@NullMarked
package dev.septet.dsl.pipeline;

import org.jspecify.annotations.NullMarked;
