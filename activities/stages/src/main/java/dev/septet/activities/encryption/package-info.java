/** Encryption at rest with the operator's key files. */
@NullMarked
package dev.septet.activities.encryption;

import org.jspecify.annotations.NullMarked;
