package dev.septet.workers.gateway;

import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * Where a gateway finds the server behind it.
 *
 * @param socket a Unix domain socket; null = loopback
 * @param port of loopback in the server's own network namespace, or in this one without a socket
 */
record GatewayBackend(@Nullable Path socket, int port) {}
