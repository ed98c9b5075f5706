/** The HTTP side: who may ask, how much at once, and how an answer reaches its client. */
@NullMarked
package dev.septet.workers.serve.http;

import org.jspecify.annotations.NullMarked;
