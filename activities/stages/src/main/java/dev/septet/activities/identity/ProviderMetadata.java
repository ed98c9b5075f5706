package dev.septet.activities.identity;

import static java.util.concurrent.TimeUnit.MILLISECONDS;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.septet.activities.operator.OperatorFile;
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
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * The addresses that a provider publishes about itself.
 *
 * @param authorization where a person signs in
 * @param token where a code is exchanged for tokens
 * @param keys the keys that sign its tokens
 * @see <a href="https://openid.net/specs/openid-connect-discovery-1_0.html">OpenID Connect Discovery 1.0</a>
 */
public record ProviderMetadata(URI authorization, URI token, URI keys) {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final Duration PATIENCE = Duration.ofSeconds(10);
    private static final int LONGEST = 1 << 20;

    /**
     * Reads the provider's metadata.
     *
     * @throws IOException with a message for people when the provider cannot be reached, or when it is not the issuer
     */
    public static ProviderMetadata of(URI issuer) throws IOException, InterruptedException {
        String address = issuer.toString().replaceAll("/$", "") + "/.well-known/openid-configuration";
        JsonNode json;
        try {
            json = JSON.readTree(get(URI.create(address)));
        } catch (JsonProcessingException e) {
            throw new IOException(address + " is not JSON", e);
        }
        if (!json.path("issuer").asText().equals(issuer.toString())) {
            throw new IOException("%s is of the issuer '%s', but the operator's file declares %s"
                    .formatted(address, shown(json.path("issuer").asText()), issuer));
        }
        return new ProviderMetadata(
                address(json, "authorization_endpoint"), address(json, "token_endpoint"), address(json, "jwks_uri"));
    }

    /** The text at an address, without redirects. */
    static String get(URI address) throws IOException, InterruptedException {
        Answer answer = send(HttpRequest.newBuilder(address).GET(), LONGEST);
        if (answer.status() != 200) {
            throw new IOException("%s answers with the status %s".formatted(address, answer.status()));
        }
        return answer.text();
    }

    /** A provider's answer, whatever its status. */
    public record Answer(int status, String text) {}

    /**
     * Sends a request to a provider, without redirects and within a time.
     *
     * @param most the longest answer that is read, in bytes
     * @throws IOException when there is no answer, or a longer one
     */
    public static Answer send(HttpRequest.Builder request, int most) throws IOException, InterruptedException {
        return send(request, most, PATIENCE, PATIENCE);
    }

    /**
     * @param beginning the longest time until the status
     * @param rest the longest time after it
     */
    static Answer send(HttpRequest.Builder request, int most, Duration beginning, Duration rest)
            throws IOException, InterruptedException {
        HttpClient client = HttpClient.newBuilder()
                .followRedirects(HttpClient.Redirect.NEVER)
                .connectTimeout(beginning)
                .build();
        HttpRequest sent = request.timeout(beginning).build();
        HttpResponse<InputStream> response;
        try {
            response = client.send(sent, HttpResponse.BodyHandlers.ofInputStream());
        } catch (ConnectException | HttpTimeoutException away) {
            throw new IOException(sent.uri() + " does not answer", away);
        }
        AtomicBoolean late = new AtomicBoolean();
        try (InputStream in = response.body()) {
            // The client limits only the time until the status. A closed stream ends a read that waits.
            CompletableFuture<Void> limit = new CompletableFuture<Void>().orTimeout(rest.toMillis(), MILLISECONDS);
            var unused = limit.whenComplete((ended, timeout) -> {
                if (timeout != null) {
                    late.set(true);
                    close(in);
                }
            });
            byte[] bytes = in.readNBytes(most + 1);
            limit.complete(null);
            if (late.get()) {
                throw new IOException("the answer is incomplete");
            }
            if (bytes.length > most) {
                throw new IOException("%s answers with more than %s bytes".formatted(response.uri(), most));
            }
            return new Answer(response.statusCode(), new String(bytes, StandardCharsets.UTF_8));
        } catch (IOException e) {
            throw late.get()
                    ? new IOException("%s has not finished its answer after %s seconds"
                            .formatted(response.uri(), rest.toSeconds()))
                    : e;
        }
    }

    private static void close(InputStream in) {
        try {
            in.close();
        } catch (IOException ended) {
            // It is closed.
        }
    }

    private static URI address(JsonNode json, String name) throws IOException {
        URI found;
        try {
            found = new URI(json.path(name).asText());
        } catch (java.net.URISyntaxException e) {
            throw new IOException("the identity provider's %s is not an address".formatted(name), e);
        }
        if (!OperatorFile.keepsSecrets(found)) {
            throw new IOException("the identity provider's %s does not begin with https://: '%s'"
                    .formatted(name, shown(found.toString())));
        }
        return found;
    }

    /** A text of the provider for a message: one line, not too long. */
    public static String shown(String text) {
        String plain = text.replaceAll("\\p{C}", "?");
        return plain.length() > 200 ? plain.substring(0, 200) + "..." : plain;
    }
}
