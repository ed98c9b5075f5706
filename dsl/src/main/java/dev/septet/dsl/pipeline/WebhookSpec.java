package dev.septet.dsl.pipeline;

import static dev.septet.dsl.pipeline.Checks.require;

import com.fasterxml.jackson.annotation.JsonInclude;
import java.net.URI;
import java.net.URISyntaxException;
import org.jspecify.annotations.Nullable;

/**
 * An address that is sent a JSON message. It is told facts about the run, never prompts or answers.
 *
 * @param url the address; null when it is a secret itself
 * @param secret where the address is found; null when it is written in the file
 * @param key what messages are signed with, so that the receiver knows whose they are; null = they
 *     are not signed
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

    /** Why a message may not be sent there; empty when it may. For addresses from secrets too. */
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
            return "a webhook's address may hold no password: put the whole address into a secret";
        }
        boolean here = host.equals("localhost") || host.equals("127.0.0.1");
        boolean safe = uri.getScheme().equals("https");
        return safe || (here && uri.getScheme().equals("http"))
                ? ""
                : "a webhook's address begins with https:// (http:// on this machine only)";
    }
}
