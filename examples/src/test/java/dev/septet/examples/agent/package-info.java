@NullMarked
package dev.septet.examples.agent;

import org.jspecify.annotations.NullMarked;
