package dev.septet.activities.answer;

import dev.septet.activities.endpoint.AnswerPart;
import dev.septet.activities.endpoint.EndpointClient;
import dev.septet.activities.endpoint.EndpointRequest;
import org.jspecify.annotations.Nullable;

/** A model that answers requests. Thread-safe. */
public interface Teacher extends AutoCloseable {
    /** Which service or model folder it is, for the names of stored answers. */
    String service();

    /** Name of the model at the service. */
    String model();

    /** Whether requests may say what an answer must look like, as {@code response_format}. */
    boolean takesFormats();

    /** The most requests that it answers at the same time. */
    int mostAtOnce();

    /** Asks once and waits for the whole answer. */
    AnswerPart answer(EndpointRequest request) throws EndpointClient.Failure;

    /** The cost of an answer in the currency of its prices; 0 without prices. */
    double cost(long promptTokens, long tokens);

    /** The currency of its prices; null when no outside service answers. */
    @Nullable
    String currency();

    @Override
    void close();
}
