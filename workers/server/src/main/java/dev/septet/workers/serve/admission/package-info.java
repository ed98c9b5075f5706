/**
 * Admission of requests and their order: fair shares of memory, places and turns between tenants.
 */
@NullMarked
package dev.septet.workers.serve.admission;

import org.jspecify.annotations.NullMarked;
