package dev.septet.workers.gateway;

import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * The address of the server behind a gateway.
 *
 * @param socket a Unix domain socket; null = the loopback interface
 * @param port loopback port, in the server's own network namespace with a socket, in this process's
 *     without one
 */
record GatewayBackend(@Nullable Path socket, int port) {}
