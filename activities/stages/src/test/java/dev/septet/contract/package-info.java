/** What every word of a jar keeps: a jar's tests extend these classes. */
@NullMarked
package dev.septet.contract;

import org.jspecify.annotations.NullMarked;
