package dev.septet.activities.endpoint;

import com.fasterxml.jackson.databind.JsonNode;
import dev.septet.llm.format.StrictJson;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.HttpURLConnection;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/**
 * An answer while the service writes it: server-sent events of OpenAI's API.
 *
 * @see <a href="https://html.spec.whatwg.org/multipage/server-sent-events.html">Server-sent events</a>
 */
public final class AnswerStream {
    private static final String DATA = "data:";
    private static final String DONE = "[DONE]";
    private static final int LONGEST_LINE = 1 << 20;
    private static final int LONGEST_ANSWER = 4 << 20;

    private final ModelEndpoint endpoint;
    private final String model;
    private final InputStream in;
    private boolean finished;
    private long characters;

    AnswerStream(ModelEndpoint endpoint, String model, InputStream in) {
        this.endpoint = endpoint;
        this.model = model;
        this.in = in;
    }

    /**
     * Waits for the next part.
     *
     * @return null after the last part
     * @throws EndpointClient.Failure when the stream breaks off, does not end, or is no stream of answers
     */
    public @Nullable AnswerPart next() throws EndpointClient.Failure {
        while (true) {
            String line = line();
            if (line == null || line.equals(DATA + DONE) || line.equals(DATA + " " + DONE)) {
                if (!finished) {
                    throw dropped("the stream of the answer ended before the answer");
                }
                return null;
            }
            if (line.startsWith(DATA)) {
                return part(line.substring(DATA.length()).strip());
            }
        }
    }

    private AnswerPart part(String data) throws EndpointClient.Failure {
        JsonNode json;
        try {
            json = StrictJson.MAPPER.readTree(data);
        } catch (IOException invalid) {
            throw AnswerPart.wrong(endpoint, "sends an event that is not JSON in the stream of an answer");
        }
        if (json == null || !json.isObject()) {
            throw AnswerPart.wrong(endpoint, "sends an event that is not JSON in the stream of an answer");
        }
        if (json.hasNonNull("error")) {
            throw dropped("the service ended the stream of the answer with an error");
        }
        AnswerPart part = AnswerPart.of(endpoint, model, json, true);
        finished |= part.finish() != null;
        characters += part.text().length();
        if (characters > LONGEST_ANSWER) {
            throw AnswerPart.wrong(endpoint, "sends an answer of more than 4 million characters");
        }
        return part;
    }

    private @Nullable String line() throws EndpointClient.Failure {
        ByteArrayOutputStream line = new ByteArrayOutputStream();
        try {
            for (int next = in.read(); next != '\n'; next = in.read()) {
                if (next < 0) {
                    return line.size() == 0 ? null : text(line);
                }
                if (line.size() == LONGEST_LINE) {
                    throw AnswerPart.wrong(endpoint, "sends an event of more than 1 MB in the stream of an answer");
                }
                line.write(next);
            }
        } catch (EndpointClient.Failure known) {
            throw known;
        } catch (IOException lost) {
            throw dropped("the connection was lost before the end of the answer");
        }
        return text(line);
    }

    private EndpointClient.Failure dropped(String what) {
        return new EndpointClient.Failure(
                HttpURLConnection.HTTP_BAD_GATEWAY, "", null, "endpoint %s: %s".formatted(endpoint.name(), what));
    }

    private static String text(ByteArrayOutputStream line) {
        String text = line.toString(StandardCharsets.UTF_8);
        return text.endsWith("\r") ? text.substring(0, text.length() - 1) : text;
    }
}
