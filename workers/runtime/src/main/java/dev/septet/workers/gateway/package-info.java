/**
 * What stands between a Temporal server that Septet starts and everybody else on the machine: an
 * access token for gRPC, a sign-in for the Web UI, and a network namespace around the server.
 */
@NullMarked
package dev.septet.workers.gateway;

import org.jspecify.annotations.NullMarked;
