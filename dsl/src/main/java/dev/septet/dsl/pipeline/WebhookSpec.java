package dev.septet.dsl.pipeline;

import static dev.septet.dsl.pipeline.Checks.require;

import com.fasterxml.jackson.annotation.JsonInclude;
import java.net.URI;
import java.net.URISyntaxException;
import org.jspecify.annotations.Nullable;

/**
 * An address that receives a JSON message. The message has facts about the run, never prompts or answers.
 *
 * @param url the address; null when the address is a secret
 * @param secret the secret that holds the address; null when the address is in the file
 * @param key the secret that signs messages, so that the receiver can verify the sender; null = messages are not signed
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
public record WebhookSpec(
        @Nullable String url,
        @Nullable SecretRef secret,
        @Nullable SecretRef key) implements ChannelSpec {
    public WebhookSpec {
        require((url == null) != (secret == null), "webhook needs an address, or the secret that holds it");
        String objection = url == null ? "" : objection(url);
        require(objection.isEmpty(), "%s", objection);
    }

    /** Why messages may not be sent to this address; empty when they may. Also checks addresses from secrets. */
    public static String objection(String url) {
        URI uri;
        try {
            uri = new URI(url);
        } catch (URISyntaxException e) {
            return "a webhook's address is a URL such as https://chat.example.com/hooks/septet";
        }
        String host = uri.getHost();
        if (host == null || uri.getScheme() == null) {
            return "a webhook's address is a URL such as https://chat.example.com/hooks/septet";
        }
        if (uri.getUserInfo() != null) {
            return "a webhook's address must not contain a password: put the whole address into a secret";
        }
        boolean here = host.equals("localhost") || host.equals("127.0.0.1");
        boolean safe = uri.getScheme().equals("https");
        return safe || (here && uri.getScheme().equals("http"))
                ? ""
                : "a webhook's address begins with https:// (http:// on this machine only)";
    }
}
