package dev.septet.activities.deploy.chain;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.septet.llm.format.StrictJson;
import dev.septet.llm.template.ChatMessage;
import java.io.IOException;
import java.io.InputStream;
import java.net.ConnectException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpTimeoutException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.OptionalInt;
import org.jspecify.annotations.Nullable;

/**
 * A client of a server with OpenAI's API: Septet's own, vLLM, llama.cpp, Ollama. It decodes
 * greedily. Responses are untrusted: their size is limited, and redirects are not followed.
 *
 * @see <a href="https://platform.openai.com/docs/api-reference/chat/create">The API</a>
 */
public final class ChainEndpoint {
    private static final Duration CONNECT = Duration.ofSeconds(5);
    private static final Duration ANSWER = Duration.ofMinutes(5);
    private static final int MAX_BYTES = 1 << 20;
    private static final int MAX_WORDS = 200;

    private final URI base;
    private final String model;
    private final @Nullable String key;
    private final HttpClient client;

    /**
     * An answer.
     *
     * @param stopped whether the model ended the answer; otherwise it reached the token limit
     * @param promptTokens number of prompt tokens by the server's count, empty when it reports none
     */
    public record Reply(String text, boolean stopped, OptionalInt promptTokens) {}

    /** The server requires an API key that it did not get. */
    public static final class KeyRefused extends IOException {
        private static final long serialVersionUID = 1;

        private KeyRefused(String message) {
            super(message);
        }
    }

    /**
     * @param base such as {@code http://127.0.0.1:8080}, with or without {@code /v1}
     * @param model the model's name on the server
     * @param key its API key, null for none
     * @throws IllegalArgumentException with a message for users when {@code base} is not a server's URL
     */
    public ChainEndpoint(URI base, String model, @Nullable String key) {
        boolean http = "http".equals(base.getScheme()) || "https".equals(base.getScheme());
        if (!http || base.getHost() == null || base.getUserInfo() != null) {
            throw new IllegalArgumentException(
                    "'%s' is not an address of a server; expected one such as http://127.0.0.1:8080".formatted(base));
        }
        String address = base.toString().replaceAll("/+$", "");
        this.base = URI.create(address.endsWith("/v1") ? address : address + "/v1");
        this.model = model;
        this.key = key;
        this.client = HttpClient.newBuilder()
                .version(HttpClient.Version.HTTP_1_1)
                .connectTimeout(CONNECT)
                .followRedirects(HttpClient.Redirect.NEVER)
                .build();
    }

    /**
     * The names of a server's models.
     *
     * @throws IllegalArgumentException with a message for users when {@code base} is not a server's URL
     */
    public static List<String> models(URI base, @Nullable String key) throws IOException {
        ChainEndpoint endpoint = new ChainEndpoint(base, "", key);
        List<String> names = new ArrayList<>();
        for (JsonNode model :
                endpoint.send("/models", endpoint.request("/models").GET()).path("data")) {
            names.add(model.path("id").asText());
        }
        return names;
    }

    /** The server's base URL. */
    public URI base() {
        return base;
    }

    /** The greedy answer to a conversation. */
    public Reply chat(List<ChatMessage> conversation, int maxTokens) throws IOException {
        ObjectNode body = body(maxTokens);
        ArrayNode messages = body.putArray("messages");
        for (ChatMessage message : conversation) {
            messages.addObject().put("role", message.role()).put("content", message.text());
        }
        JsonNode reply = post("/chat/completions", body);
        return reply(reply, reply.path("choices").path(0).path("message").path("content"));
    }

    /** The greedy continuation of a text. */
    public Reply text(String prompt, int maxTokens) throws IOException {
        JsonNode reply = post("/completions", body(maxTokens).put("prompt", prompt));
        return reply(reply, reply.path("choices").path(0).path("text"));
    }

    private ObjectNode body(int maxTokens) {
        return StrictJson.MAPPER
                .createObjectNode()
                .put("model", model)
                .put("temperature", 0)
                .put("max_tokens", maxTokens);
    }

    private Reply reply(JsonNode reply, JsonNode text) throws IOException {
        if (!text.isTextual() && !text.isNull()) {
            throw new IOException(base + " does not answer in the format of OpenAI's API");
        }
        JsonNode tokens = reply.path("usage").path("prompt_tokens");
        return new Reply(
                text.asText(""),
                reply.path("choices").path(0).path("finish_reason").asText().equals("stop"),
                tokens.isInt() ? OptionalInt.of(tokens.asInt()) : OptionalInt.empty());
    }

    private JsonNode post(String path, ObjectNode body) throws IOException {
        return send(
                path,
                request(path)
                        .header("Content-Type", "application/json")
                        .POST(HttpRequest.BodyPublishers.ofString(body.toString())));
    }

    private HttpRequest.Builder request(String path) {
        HttpRequest.Builder request =
                HttpRequest.newBuilder(URI.create(base + path)).timeout(ANSWER);
        if (key != null) {
            request.header("Authorization", "Bearer " + key);
        }
        return request;
    }

    private JsonNode send(String path, HttpRequest.Builder request) throws IOException {
        try {
            HttpResponse<InputStream> response =
                    client.send(request.build(), HttpResponse.BodyHandlers.ofInputStream());
            byte[] bytes;
            try (InputStream in = response.body()) {
                bytes = in.readNBytes(MAX_BYTES + 1);
            }
            if (bytes.length > MAX_BYTES) {
                throw new IOException(base + path + " answered more than 1 MiB, which is the limit");
            }
            if (response.statusCode() == 401 || response.statusCode() == 403) {
                throw new KeyRefused(refusal(path, response.statusCode(), bytes));
            }
            if (response.statusCode() != 200) {
                throw new IOException(refusal(path, response.statusCode(), bytes));
            }
            return StrictJson.MAPPER.readTree(bytes);
        } catch (ConnectException none) {
            throw new IOException("nothing answers at %s; is the server started?".formatted(base));
        } catch (HttpTimeoutException timeout) {
            throw new IOException(
                    String.format(Locale.ROOT, "%s%s did not answer in %d s", base, path, ANSWER.toSeconds()));
        } catch (JsonProcessingException garbage) {
            throw new IOException(base + path + " answers with text that is not JSON");
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted while " + base + " was asked", e);
        }
    }

    private String refusal(String path, int status, byte[] bytes) {
        String words;
        try {
            words = StrictJson.MAPPER
                    .readTree(bytes)
                    .path("error")
                    .path("message")
                    .asText("");
        } catch (IOException garbage) {
            words = new String(bytes, StandardCharsets.UTF_8);
        }
        words = words.replaceAll("\\p{Cntrl}+", " ").strip();
        return String.format(
                Locale.ROOT,
                "%s%s refuses with status %d: %s",
                base,
                path,
                status,
                words.substring(0, Math.min(words.length(), MAX_WORDS)));
    }
}
