package dev.septet.activities.deploy.chain;

import java.io.IOException;
import java.net.URI;
import java.nio.file.Path;

/**
 * Serves a model where nobody but this worker asks it, with the code that will serve it to all: the
 * chain's last link is looked at before anything is promoted.
 */
public interface EndpointHost {
    /**
     * Starts it.
     *
     * @param name by which requests name the model
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
