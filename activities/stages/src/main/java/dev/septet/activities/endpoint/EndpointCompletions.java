package dev.septet.activities.endpoint;

import java.io.IOException;
import org.jspecify.annotations.Nullable;

/** Asks a model that a service holds for answers. Thread-safe. */
public interface EndpointCompletions {
    /** The model of an artifact. */
    static EndpointCompletions of(ModelEndpoints endpoints, String where, String endpoint, String model) {
        return of(endpoints.client(endpoints.endpoint(where, endpoint)), model);
    }

    /** The same by a client of the service. */
    static EndpointCompletions of(EndpointClient client, String model) {
        return client.endpoint().region() == null
                ? new OpenAiCompletions(client, model)
                : new ConverseCompletions(client, model);
    }

    /** Requests to the service. */
    EndpointClient client();

    /** Name of the model at the service. */
    String model();

    /** Whether requests may say what an answer must look like, as {@code response_format}. */
    boolean takesFormats();

    /** Asks once and waits for the whole answer. */
    AnswerPart answer(EndpointRequest request) throws EndpointClient.Failure;

    /**
     * The log-probabilities of given tokens, each after those before it.
     *
     * @param ids at least 2
     * @return one number for each token, in nats; the first is NaN
     */
    double[] logProbabilities(int[] ids) throws EndpointClient.Failure;

    /** Asks once for the parts of an answer. It returns before the answer begins. */
    Answering begin(EndpointRequest request) throws EndpointClient.Failure;

    /** An answer that begins. Closing it from any thread ends the request. */
    interface Answering extends AutoCloseable {
        /** Waits for the beginning of the answer. */
        Parts parts() throws IOException;

        @Override
        void close();
    }

    /** The parts of an answer. */
    @FunctionalInterface
    interface Parts {
        /**
         * Waits for the next part.
         *
         * @return null after the last part
         */
        @Nullable
        AnswerPart next() throws EndpointClient.Failure;
    }
}
