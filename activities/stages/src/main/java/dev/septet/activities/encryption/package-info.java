/** Keys that operators name in files, and what Septet encrypts with them where it lies. */
@NullMarked
package dev.septet.activities.encryption;

import org.jspecify.annotations.NullMarked;
