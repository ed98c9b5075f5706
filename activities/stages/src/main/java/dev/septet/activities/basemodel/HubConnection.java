package dev.septet.activities.basemodel;

import com.fasterxml.jackson.core.JacksonException;
import com.fasterxml.jackson.databind.JsonNode;
import dev.septet.dsl.pipeline.HubId;
import dev.septet.llm.format.StrictJson;
import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Locale;
import java.util.Set;

/**
 * Sends requests to the hub. It follows redirects itself, because large files are on other hosts,
 * which must not receive the token.
 */
final class HubConnection {
    private static final Set<Integer> REDIRECTS = Set.of(301, 302, 303, 307, 308);
    private static final int MAX_REDIRECTS = 5;
    private static final int MAX_ANSWER_BYTES = 16 << 20;
    private static final Duration PATIENCE = Duration.ofSeconds(30);

    private final HubSettings settings;
    private final HttpClient client = HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1)
            .connectTimeout(Duration.ofSeconds(10))
            .followRedirects(HttpClient.Redirect.NEVER)
            .build();

    HubConnection(HubSettings settings) {
        this.settings = settings;
    }

    /**
     * The hub's description of a revision.
     *
     * @throws IOException when the hub cannot be reached
     */
    HubModel model(HubKind kind, HubId id, String revision) throws IOException {
        String path = "/api/%s/%s/revision/%s?blobs=true".formatted(kind.plural(), id, encoded(revision));
        HttpResponse<InputStream> response = get(URI.create(settings.endpoint() + path), 0);
        try (InputStream body = response.body()) {
            if (response.statusCode() != 200) {
                throw refusal(kind, id, "revision '%s'".formatted(revision), response);
            }
            byte[] answer = body.readNBytes(MAX_ANSWER_BYTES);
            return kind == HubKind.MODEL
                    ? HubModel.of(id, json(kind, id, answer))
                    : HubModel.dataset(id, json(kind, id, answer));
        }
    }

    private static JsonNode json(HubKind kind, HubId id, byte[] answer) {
        try {
            return StrictJson.MAPPER.readTree(answer);
        } catch (JacksonException e) {
            throw HubErrors.invalidAnswer(kind, id, "is not JSON");
        } catch (IOException e) {
            throw new IllegalStateException("bytes in memory can be read", e);
        }
    }

    /**
     * A file's bytes from an offset on; status 200 when the server ignores the offset and starts at
     * 0.
     */
    HttpResponse<InputStream> file(HubModel model, HubFile file, long from) throws IOException {
        String path = "/%s%s/resolve/%s/%s".formatted(model.kind().path(), model.id(), model.commit(), file.name());
        HttpResponse<InputStream> response = get(URI.create(settings.endpoint() + path), from);
        int status = response.statusCode();
        if (status != 200 && status != 206) {
            response.body().close();
            throw refusal(model.kind(), model.id(), file.name(), response);
        }
        return response;
    }

    private RuntimeException refusal(HubKind kind, HubId id, String what, HttpResponse<?> response) {
        return HubErrors.refusal(settings, kind, id, what, response.statusCode(), response.headers());
    }

    private HttpResponse<InputStream> get(URI first, long from) throws IOException {
        URI at = first;
        for (int hop = 0; hop <= MAX_REDIRECTS; hop++) {
            HttpResponse<InputStream> response = send(at, from);
            String location = response.headers().firstValue("Location").orElse("");
            if (!REDIRECTS.contains(response.statusCode()) || location.isEmpty()) {
                return response;
            }
            response.body().close();
            at = next(at, location);
        }
        throw new IOException(String.format(Locale.ROOT, "%s redirects more than %d times", first, MAX_REDIRECTS));
    }

    private static URI next(URI at, String location) throws IOException {
        URI next;
        try {
            next = at.resolve(location);
        } catch (IllegalArgumentException e) {
            throw new IOException(at + " redirects to an invalid URL", e);
        }
        boolean safe =
                "https".equals(next.getScheme()) || ("http".equals(at.getScheme()) && "http".equals(next.getScheme()));
        if (!safe || next.getHost() == null) {
            throw new IOException(at + " redirects to a URL that is not https");
        }
        return next;
    }

    private HttpResponse<InputStream> send(URI at, long from) throws IOException {
        HttpRequest.Builder request =
                HttpRequest.newBuilder(at).timeout(PATIENCE).header("User-Agent", "septet");
        if (from > 0) {
            request.header("Range", "bytes=" + from + "-");
        }
        if (isHub(at)) {
            settings.token().ifPresent(token -> request.header("Authorization", "Bearer " + token));
        }
        try {
            return client.send(request.build(), BodyHandlers.ofInputStream());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new InterruptedIOException("interrupted while waiting for " + at.getHost());
        }
    }

    private boolean isHub(URI at) {
        URI hub = settings.endpoint();
        return hub.getScheme().equals(at.getScheme())
                && hub.getHost().equals(at.getHost())
                && hub.getPort() == at.getPort();
    }

    private static String encoded(String revision) {
        return URLEncoder.encode(revision, StandardCharsets.UTF_8);
    }
}
