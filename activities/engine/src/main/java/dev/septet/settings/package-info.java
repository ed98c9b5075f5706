/** The environment variables that Septet's processes read, each declared once. */
@NullMarked
package dev.septet.settings;

import org.jspecify.annotations.NullMarked;
