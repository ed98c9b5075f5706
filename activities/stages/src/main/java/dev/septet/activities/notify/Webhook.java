package dev.septet.activities.notify;

import dev.septet.activities.attempt.StageProblem;
import dev.septet.dsl.pipeline.SecretRef;
import dev.septet.dsl.pipeline.WebhookSpec;
import dev.septet.workflows.FailureType;
import java.io.IOException;
import java.net.URI;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;

/** Sends notices to a URL. Its messages never contain the URL, because it may be a secret. */
final class Webhook {
    /** Header with the HMAC-SHA256 of the body; the pipeline names the key. */
    static final String SIGNATURE = "X-Septet-Signature";

    private final NotifySettings settings;

    Webhook(NotifySettings settings) {
        this.settings = settings;
    }

    /**
     * Sends a body.
     *
     * @param pipeline pipeline whose secrets are used
     * @throws StageProblem POLICY_DENIED or INVALID_PIPELINE when a retry cannot help,
     *     BACKEND_FAILED when it may
     */
    void send(WebhookSpec spec, String pipeline, String event, byte[] body) {
        Map<String, String> headers = new LinkedHashMap<>();
        headers.put("Content-Type", "application/json");
        headers.put("User-Agent", "septet");
        headers.put("X-Septet-Event", event);
        SecretRef key = spec.key();
        if (key != null) {
            headers.put(SIGNATURE, Signature.of(body, settings.secret(key, pipeline)));
        }
        int status;
        try {
            status = new Delivery(
                            settings.privateAddresses(), Delivery.Network.REAL, Trust.with(settings.authorities()))
                    .post(uri(spec, pipeline), headers, body);
        } catch (IOException e) {
            throw new StageProblem(
                    FailureType.BACKEND_FAILED,
                    "the webhook's address cannot be reached%s"
                            .formatted(isOwnMessage(e) ? ": " + e.getMessage() : ""));
        }
        if (status / 100 == 2) {
            return;
        }
        boolean later = status / 100 == 5 || status == 429 || status == 408;
        throw new StageProblem(
                later ? FailureType.BACKEND_FAILED : FailureType.INVALID_PIPELINE,
                String.format(
                        Locale.ROOT,
                        "the webhook answered %d%s",
                        status,
                        status / 100 == 3 ? ", and redirects are not followed" : ""));
    }

    private URI uri(WebhookSpec spec, String pipeline) {
        SecretRef secret = spec.secret();
        String url = secret == null ? Objects.requireNonNull(spec.url()) : settings.secret(secret, pipeline);
        String objection = WebhookSpec.objection(url);
        if (!objection.isEmpty()) {
            throw StageProblem.invalid(objection);
        }
        return URI.create(url);
    }

    /** Whether the message is Septet's own: the JDK's messages may contain the URL. */
    private static boolean isOwnMessage(IOException e) {
        return String.valueOf(e.getMessage()).startsWith("it");
    }
}
