/** Words that jars add to the language: how a jar declares them, and which this process has. */
@NullMarked
package dev.septet.dsl.extension;

import org.jspecify.annotations.NullMarked;
