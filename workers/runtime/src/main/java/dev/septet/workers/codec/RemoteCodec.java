package dev.septet.workers.codec;

import com.google.protobuf.InvalidProtocolBufferException;
import io.temporal.api.common.v1.Payload;
import io.temporal.payload.codec.PayloadCodec;
import io.temporal.workflow.unsafe.WorkflowUnsafe;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** A codec that calls a codec server by Temporal's remote codec protocol. */
final class RemoteCodec implements PayloadCodec {
    private static final Duration CONNECT = Duration.ofSeconds(5);
    private static final Duration ANSWER = Duration.ofSeconds(20);
    private static final int LARGEST = 32 << 20;
    private static final int MESSAGE_CHARACTERS = 200;
    private static final int OK = 200;

    private final URI endpoint;
    private final String namespace;
    private final @Nullable String token;
    private final HttpClient client =
            HttpClient.newBuilder().connectTimeout(CONNECT).build();

    /**
     * @param token sent as a bearer token; null = none
     */
    RemoteCodec(URI endpoint, String namespace, @Nullable String token) {
        this.endpoint = endpoint;
        this.namespace = namespace;
        this.token = token;
    }

    @Override
    public List<Payload> encode(List<Payload> payloads) {
        return call("encode", payloads);
    }

    @Override
    public List<Payload> decode(List<Payload> payloads) {
        return call("decode", payloads);
    }

    private List<Payload> call(String word, List<Payload> payloads) {
        // Workflow code waits for the answer; the deadlock detector must not count this wait.
        return payloads.isEmpty() ? payloads : WorkflowUnsafe.deadlockDetectorOff(() -> answer(word, payloads));
    }

    private List<Payload> answer(String word, List<Payload> payloads) {
        HttpRequest.Builder request = HttpRequest.newBuilder(URI.create(endpoint + "/" + word))
                .timeout(ANSWER)
                .header("Content-Type", "application/json")
                .header("X-Namespace", namespace)
                .POST(BodyPublishers.ofString(PayloadJson.write(payloads)));
        if (token != null) {
            request.header("Authorization", "Bearer " + token);
        }
        try {
            HttpResponse<InputStream> response = client.send(request.build(), BodyHandlers.ofInputStream());
            List<Payload> answer = read(response);
            if (answer.size() != payloads.size()) {
                throw problem(
                        String.format(Locale.ROOT, "returned %d payloads for %d", answer.size(), payloads.size()),
                        null);
            }
            return answer;
        } catch (InvalidProtocolBufferException e) {
            throw problem("did not return payloads in JSON", e);
        } catch (IOException e) {
            throw problem("does not answer (%s)".formatted(e), e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw problem("was interrupted before its answer", e);
        }
    }

    private List<Payload> read(HttpResponse<InputStream> response) throws IOException {
        byte[] body;
        try (InputStream stream = response.body()) {
            body = stream.readNBytes(LARGEST + 1);
        }
        if (body.length > LARGEST) {
            throw problem(String.format(Locale.ROOT, "returned more than %d bytes", LARGEST), null);
        }
        String text = new String(body, StandardCharsets.UTF_8);
        if (response.statusCode() != OK) {
            String plain = text.replaceAll("\\p{C}", " ").strip();
            throw problem(
                    String.format(
                            Locale.ROOT,
                            "refused with status %d: %s",
                            response.statusCode(),
                            plain.length() > MESSAGE_CHARACTERS ? plain.substring(0, MESSAGE_CHARACTERS) : plain),
                    null);
        }
        return PayloadJson.read(text);
    }

    private CodecProblem problem(String what, @Nullable Exception cause) {
        String message = "the codec server %s://%s %s. Check SEPTET_CODEC_ENDPOINT and SEPTET_CODEC_TOKEN_FILE."
                .formatted(endpoint.getScheme(), endpoint.getAuthority(), what);
        return cause == null ? new CodecProblem(message) : new CodecProblem(message, cause);
    }
}
