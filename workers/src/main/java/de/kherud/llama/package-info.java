/** What Septet needs of llama.cpp's Java interface that is not open to other packages. */
@NullMarked
package de.kherud.llama;

import org.jspecify.annotations.NullMarked;
