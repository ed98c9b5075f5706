/** Tests of the documentation site. */
@NullMarked
package dev.septet.examples.site;

import org.jspecify.annotations.NullMarked;
