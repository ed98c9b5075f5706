package dev.septet.workers.serve;

import dev.septet.workers.serve.http.ApiKeys;
import dev.septet.workers.serve.http.ServeLimits;

/**
 * What a server is started with.
 *
 * @param host address or name to listen on
 * @param port 0 takes a free one
 */
public record ServeSettings(String host, int port, ApiKeys keys, ServeLimits limits) {}
