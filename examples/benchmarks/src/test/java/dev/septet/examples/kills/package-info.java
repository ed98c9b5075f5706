@NullMarked
package dev.septet.examples.kills;

import org.jspecify.annotations.NullMarked;
