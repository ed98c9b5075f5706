/** The HTTP endpoints of the model server, with access checks, limits and delivery of answers. */
@NullMarked
package dev.septet.workers.serve.http;

import org.jspecify.annotations.NullMarked;
