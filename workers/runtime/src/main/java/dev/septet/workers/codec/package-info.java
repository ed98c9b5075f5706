/** Encryption of the payloads that Septet's processes send to the Temporal server. */
@NullMarked
package dev.septet.workers.codec;

import org.jspecify.annotations.NullMarked;
