package dev.septet.activities.deploy.chain;

import java.io.IOException;
import java.net.URI;
import java.nio.file.Path;

/**
 * Serves a model only to this worker, with the same code that will serve it to all. So the chain's
 * last link is checked before the model is published.
 */
public interface EndpointHost {
    /**
     * Starts the server.
     *
     * @param name the model's name in requests
     * @param model folder of the merged model
     */
    Running start(String name, Path model) throws IOException;

    /** A server that runs until it is closed. */
    interface Running extends AutoCloseable {
        URI address();

        @Override
        void close();
    }
}
