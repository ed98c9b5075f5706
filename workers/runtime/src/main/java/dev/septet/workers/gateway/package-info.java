/**
 * Protects a Temporal server that Septet starts from other users of the machine: an access token
 * for gRPC, a sign-in for the Web UI, and a network namespace for the server.
 */
@NullMarked
package dev.septet.workers.gateway;

import org.jspecify.annotations.NullMarked;
