/** How answers reach the client that asked for them, while they are written or whole. */
@NullMarked
package dev.septet.workers.serve.reply;

import org.jspecify.annotations.NullMarked;
